import { LRUCache } from 'lru-cache';
import type { EventRecord } from '../events/event.ts';
import { countClaimsWaiting } from '../holds/claim-queue.ts';
import { readRefusals } from '../holds/refusal-counter.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { type SalesPoint, historyOf } from './history.ts';
import {
  SEAT_STATES,
  type SeatCounts,
  atOneMoment,
  countBookedSince,
  countClaims,
  countSeats,
  listMoneyDeltas,
  listSeatDeltas,
  sumBooked,
  sumPayments,
} from './sales-store.ts';

/** Rates are means over so many seconds: short enough to show a rush, long enough not to flicker. */
export const RATE_SECONDS = 10;
const PACE_SECONDS = 5 * 60;
const STALE_MS_MAX = 1_000;
const HISTORY_STALE_MS_MAX = 5_000;
const CACHED_MAX = 200;
const NO_SEATS: SeatCounts = { free: 0, held: 0, checkout: 0, sold: 0, blocked: 0 };

export type TierSales = SeatCounts & { readonly tierId: number; readonly revenue: number };
export type Sales = {
  readonly atMs: number;
  readonly seats: SeatCounts;
  /** Money in and money back, as Stripe knows it. */
  readonly gross: number;
  readonly refunded: number;
  /** What the confirmed bookings are worth: what calling the event off would refund. */
  readonly booked: number;
  readonly tiers: readonly TierSales[];
  readonly holdsPerSecond: number;
  readonly refusalsPerSecond: number;
  readonly soldPerMinute: number;
  /** Claims of all events that wait to be written. */
  readonly queueDepth: number;
  /** At the pace of the last minutes; null when nothing sells. */
  readonly sellsOutInSeconds: number | null;
};

const latest = onePer(
  (resources: Resources) =>
    new LRUCache<string, Sales>({
      max: CACHED_MAX,
      ttl: STALE_MS_MAX,
      ignoreFetchAbort: true,
      fetchMethod: (eventId) => readSales(resources, eventId),
    }),
);

/** How the sale of an event stands: at most a second old, and read once however many look on. */
export async function getSales(resources: Resources, eventId: string): Promise<Sales> {
  return (await latest(resources).fetch(eventId)) ?? (await readSales(resources, eventId));
}

async function readSales(resources: Resources, eventId: string): Promise<Sales> {
  const { db, redis, clock } = resources;
  const nowMs = clock.nowMs();
  const inMysql = await atOneMoment(db, async (tx) => ({
    counts: await countSeats(tx, eventId),
    booked: await sumBooked(tx, eventId),
    money: await sumPayments(tx, eventId),
    claims: await countClaims(tx, eventId, nowMs - RATE_SECONDS * 1000),
    sold: await countBookedSince(tx, eventId, nowMs - PACE_SECONDS * 1000),
  }));
  const [refused, queueDepth] = await Promise.all([
    readRefusals(redis, eventId, { nowMs, seconds: RATE_SECONDS }),
    countClaimsWaiting(resources),
  ]);
  const { counts, booked, money, claims, sold } = inMysql;
  const seats = [...counts.values()].reduce(plus, NO_SEATS);
  const unsold = seats.free + seats.held + seats.checkout;
  const soldPerSecond = sold / PACE_SECONDS;
  return {
    atMs: nowMs,
    seats,
    ...money,
    booked: [...booked.values()].reduce((sum, amount) => sum + amount, 0),
    tiers: [...counts].map(([tierId, tier]) => ({ tierId, ...tier, revenue: booked.get(tierId) ?? 0 })),
    holdsPerSecond: claims.held / RATE_SECONDS,
    refusalsPerSecond: (claims.rejected + refused) / RATE_SECONDS,
    soldPerMinute: soldPerSecond * 60,
    queueDepth,
    sellsOutInSeconds: soldPerSecond === 0 ? null : Math.ceil(unsold / soldPerSecond),
  };
}

function plus(a: SeatCounts, b: SeatCounts): SeatCounts {
  const sum = { ...a };
  for (const state of SEAT_STATES) sum[state] += b[state];
  return sum;
}

export type HistoryRange = { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };

const histories = onePer(
  (resources: Resources) =>
    new LRUCache<string, readonly SalesPoint[], HistoryRange>({
      max: CACHED_MAX,
      ttl: HISTORY_STALE_MS_MAX,
      ignoreFetchAbort: true,
      fetchMethod: (key, _stale, { context }) =>
        readHistory(resources, key.slice(0, key.indexOf(' ')), context),
    }),
);

/**
 * How an event's sale went: a few seconds old at most, since it takes a pass over the event's log. Whoever asks with the
 * same range within that time is given the same.
 */
export async function getHistory(
  resources: Resources,
  event: Pick<EventRecord, 'eventId'>,
  range: HistoryRange,
): Promise<readonly SalesPoint[]> {
  const key = `${event.eventId} ${range.fromMs} ${range.toMs} ${range.stepMs}`;
  return (await histories(resources).fetch(key, { context: range })) ?? [];
}

async function readHistory(resources: Resources, eventId: string, range: HistoryRange) {
  const steps = { eventId, from: new Date(range.fromMs), stepSeconds: range.stepMs / 1000 };
  const read = await atOneMoment(resources.db, async (tx) => ({
    counts: await countSeats(tx, eventId),
    booked: await sumBooked(tx, eventId),
    seats: await listSeatDeltas(tx, steps),
    money: await listMoneyDeltas(tx, steps),
  }));
  const seats = [...read.counts.values()].reduce(plus, NO_SEATS);
  const revenue = [...read.booked.values()].reduce((sum, amount) => sum + amount, 0);
  const now = { sold: seats.sold, held: seats.held + seats.checkout, revenue };
  return historyOf({ ...range, now, seats: read.seats, money: read.money });
}
