import { setTimeout as wait } from 'node:timers/promises';
import type { Resources } from '../resources.ts';
import { auditMoney } from './audit-money.ts';
import { auditRedis } from './audit-redis.ts';
import {
  type SeatName,
  atOneMoment,
  countPromisedHolds,
  countSold,
  countUnfinished,
  listBookedSeatsWithoutBooking,
  listBookingsWithoutSeat,
  listHoldsWithoutSeats,
  listLocksWithoutOpenHold,
  listLostSeats,
  listOverdueLocks,
  listPaymentBalances,
  listSeatsSoldTwice,
} from './audit-store.ts';

/** What an audit found of one invariant of DESIGN.md. */
export type Finding = {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5';
  readonly says: string;
  /** How much was looked at. */
  readonly counts: Readonly<Record<string, number>>;
  /** What must be none of. */
  readonly breaches: Readonly<Record<string, number>>;
  /** The first few things that breach it, in words. */
  readonly examples: readonly string[];
};
export type AuditReport = { readonly isClean: boolean; readonly findings: readonly Finding[] };

/** How much later than an interval after its expiry a lock may be found: a run of the cleanup takes its time. */
const OVERDUE_MARGIN_MS = 10_000;
const EXAMPLES_MAX = 5;
const REST_POLL_MS = 500;

/**
 * Checks the invariants I1 to I5 over MySQL, as of one moment, Redis, and Stripe (unless `withStripe` is false). What is
 * on its way, and may be as it is for a cleanup interval, counts as a breach of I5 only while it lasts: wait for rest
 * first (`waitForRest`) where that matters. Changes nothing.
 * @throws StripeFailure when Stripe does not answer.
 */
export async function audit(
  resources: Resources,
  options: { withStripe?: boolean } = {},
): Promise<AuditReport> {
  const overdueMs = resources.config.cleanupIntervalMs + OVERDUE_MARGIN_MS;
  const seen = await atOneMoment(resources.db, async (tx) => ({
    sold: await countSold(tx),
    soldTwice: await listSeatsSoldTwice(tx),
    bookedWithoutBooking: await listBookedSeatsWithoutBooking(tx),
    bookingsWithoutSeat: await listBookingsWithoutSeat(tx),
    balances: await listPaymentBalances(tx),
    openHolds: await countPromisedHolds(tx),
    withoutSeats: await listHoldsWithoutSeats(tx),
    lost: await listLostSeats(tx),
    withoutHold: await listLocksWithoutOpenHold(tx),
    overdue: await listOverdueLocks(tx, overdueMs),
  }));
  const redis = await auditRedis(resources);
  const findings: Finding[] = [
    finding('I1', 'a seat is sold at most once', seen.sold, {
      soldTwice: seen.soldTwice,
      bookedSeatsWithoutBooking: seen.bookedWithoutBooking,
      bookingsWithoutBookedSeat: seen.bookingsWithoutSeat,
    }),
    await auditMoney(resources, seen.balances, { withStripe: options.withStripe !== false }),
    finding(
      'I3',
      'what was promised is held',
      { openHolds: seen.openHolds },
      {
        holdsWithoutSeats: seen.withoutSeats.map(nameOfHold),
        seatsLost: seen.lost,
        locksWithoutOpenHold: seen.withoutHold,
      },
    ),
    finding(
      'I4',
      'no seat stays unsellable',
      { locks: redis.locks },
      {
        overdueLocks: seen.overdue,
        redisLocksWithoutExpiry: redis.endless,
      },
    ),
    finding(
      'I5',
      'Redis agrees with MySQL',
      { events: redis.events, sold: redis.sold, markers: redis.markers },
      {
        soldButAcquirable: redis.soldUnmarked,
        markedButNotSold: redis.markedUnsold,
      },
    ),
  ];
  return { isClean: findings.every(isKept), findings };
}

/** Whether the audit found nothing against the invariant. */
export function isKept(found: Finding): boolean {
  return Object.values(found.breaches).every((count) => count === 0);
}

/**
 * Waits until nothing is queued, overdue or owed any more, or `withinMs` is over.
 * @returns what is still unfinished: nothing, when the system rests.
 */
export async function waitForRest(
  resources: Resources,
  withinMs: number,
): Promise<Readonly<Record<string, number>>> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const unfinished = await listUnfinished(resources);
    if (Object.keys(unfinished).length === 0 || performance.now() > deadlineMs) return unfinished;
    await wait(REST_POLL_MS);
  }
}

async function listUnfinished({ db, queues }: Resources): Promise<Readonly<Record<string, number>>> {
  const [owed, claims, payments] = await Promise.all([
    countUnfinished(db),
    queues.byName['seat-selection'].getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized'),
    queues.byName.payments.getJobCountByTypes('waiting', 'active', 'prioritized'),
  ]);
  const all = { ...owed, claimJobs: claims, paymentJobs: payments };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

function finding(
  invariant: Finding['invariant'],
  says: string,
  counts: Readonly<Record<string, number>>,
  breaches: Readonly<Record<string, readonly (SeatName | string)[]>>,
): Finding {
  return {
    invariant,
    says,
    counts,
    breaches: Object.fromEntries(Object.entries(breaches).map(([name, found]) => [name, found.length])),
    examples: Object.entries(breaches)
      .flatMap(([name, found]) =>
        found.map((each) => `${name}: ${typeof each === 'string' ? each : nameOfSeat(each)}`),
      )
      .slice(0, EXAMPLES_MAX),
  };
}

function nameOfSeat({ eventId, seatId }: SeatName): string {
  return `seat ${seatId} of event ${eventId}`;
}

function nameOfHold({ eventId, holdId }: { eventId: string; holdId: string }): string {
  return `hold ${holdId} of event ${eventId}`;
}
