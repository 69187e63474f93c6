import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Resources } from '../resources.ts';
import { OPEN_STATUSES } from '../holds/hold.ts';
import {
  clearBooked,
  markBooked,
  readBuyerHolds,
  readLockAges,
  setLocks,
  unlockSeats,
} from '../seats/seat-locks.ts';
import { type Differences, type LockedSeat, type TakenSeats, compareSeats } from './compare-seats.ts';
import { readAllLocks } from './read-all-locks.ts';
import { releaseOrphans } from './release-orphans.ts';
import { type WatchedEvent, listHoldStatuses, readTakenSeats } from './seat-state-store.ts';

/** What was put right, in seats (the last: in buyers). */
export type ReconcileCounts = {
  readonly marked: number;
  readonly unmarked: number;
  readonly locked: number;
  readonly unlocked: number;
  readonly orphansFreed: number;
  readonly buyerHolds: number;
};

const KEYS_PER_CALL = 1_000;
const HOLDS_AT_ONCE = 500;

/**
 * Makes Redis say of an event's seats what MySQL says. Redis is read first and MySQL after: what Redis says may then be
 * a claim on its way to MySQL, and is left alone unless it can't be one; what MySQL says is never older than what it is
 * compared with. All changes compare the owner within Redis, so whatever happens meanwhile loses nothing but time.
 */
export async function reconcileEvent(resources: Resources, event: WatchedEvent): Promise<ReconcileCounts> {
  const { redis, db } = resources;
  const { eventId } = event;
  const tokens = await readAllLocks(resources, event);
  const mayBeInFlight = await hasClaimsInFlight(resources);
  const taken = await readTakenSeats(db, eventId);
  const differences = compareSeats(tokens, taken);
  crashPoint('reconcile.compared');

  await markBooked(redis, eventId, differences.unmarked);
  const unmarked = await clearBooked(redis, eventId, differences.wronglyMarked);
  crashPoint('reconcile.marked');
  const unlocked = await removeDeadLocks(resources, event, differences.strange, tokens, mayBeInFlight);
  crashPoint('reconcile.unlocked');
  const locked = await restoreLocks(resources, eventId, differences, taken);
  crashPoint('reconcile.locked');
  const buyerHolds = await restoreBuyerHolds(resources, eventId, taken);
  const orphansFreed = await releaseOrphans(resources, eventId, holdsOf(differences.orphaned, taken));
  return { marked: differences.unmarked.length, unmarked, locked, unlocked, orphansFreed, buyerHolds };
}

/** Asked between reading Redis and reading MySQL: a claim that is in the queue no more is then in what MySQL says. */
async function hasClaimsInFlight({ queues }: Resources): Promise<boolean> {
  const counts = await queues.byName['seat-selection'].getJobCounts(
    'waiting',
    'active',
    'delayed',
    'prioritized',
  );
  return Object.values(counts).some((count) => count > 0);
}

/**
 * Removes a lock that MySQL does not know when its hold is over, or when no claim that could still bring it to MySQL is
 * queued and it is too old for one that is just about to be.
 */
async function removeDeadLocks(
  { redis, db, config }: Resources,
  event: WatchedEvent,
  seatIds: readonly SeatId[],
  tokens: readonly (string | null)[],
  mayBeInFlight: boolean,
): Promise<number> {
  if (seatIds.length === 0) return 0;
  const { eventId } = event;
  const strange = seatIds.map((seatId) => ({ seatId, token: tokens[seatId - 1] ?? '' }));
  const statuses = await listHoldStatuses(db, eventId, [...new Set(strange.map(({ token }) => token))]);
  const ttlMs = event.holdTtlMs ?? config.holds.ttlMs;
  const ages = mayBeInFlight ? [] : await readLockAges(redis, eventId, seatIds, ttlMs);
  // Between winning a lock and queueing the claim a server needs milliseconds; one that needs so much longer has died.
  const dead = strange.filter(
    ({ token }, index) => isOver(statuses.get(token)) || (ages[index] ?? 0) > config.recoveryMs,
  );
  let removed = 0;
  for (const [holdId, locks] of Map.groupBy(dead, ({ token }) => token)) {
    removed += await unlockSeats(redis, { eventId, holdId, seatIds: locks.map(({ seatId }) => seatId) });
  }
  return removed;
}

/** Gives open holds their locks back. A lock that has run out is about to be freed, unless its buyer is at Stripe. */
async function restoreLocks(
  resources: Resources,
  eventId: string,
  { unlocked }: Differences,
  taken: TakenSeats,
): Promise<number> {
  const byHold = [...holdsOf(unlocked, taken).values()].filter(({ lock }) => isStillOpen(lock));
  let locked = 0;
  await inGroups(byHold, async ({ lock, seatIds }) => {
    const { holdId, userId } = lock;
    await setLocks(resources.redis, { eventId, holdId, userId, seatIds, ttlMs: lockTtlMs(resources, lock) });
    locked += seatIds.length;
  });
  return locked;
}

/** Without this key a buyer's next selection would not join the open hold, and its lock would carry another token. */
async function restoreBuyerHolds(resources: Resources, eventId: string, taken: TakenSeats): Promise<number> {
  const { redis, db } = resources;
  const open = [...holdsOf([...taken.locked.keys()], taken).values()].filter(
    ({ lock }) => lock.isHoldOpen && isStillOpen(lock),
  );
  const wrong: { lock: LockedSeat; known: string | null }[] = [];
  for (const piece of piecesOf(open, KEYS_PER_CALL)) {
    const known = await readBuyerHolds(
      redis,
      eventId,
      piece.map(({ lock }) => lock.userId),
    );
    for (const [index, { lock }] of piece.entries()) {
      const token = known[index] ?? null;
      if (token !== lock.holdId) wrong.push({ lock, known: token });
    }
  }
  const statuses = await listHoldStatuses(
    db,
    eventId,
    wrong.flatMap(({ known }) => (known === null ? [] : [known])),
  );
  const lost = wrong.filter(({ known }) => known === null || isOver(statuses.get(known)));
  await inGroups(lost, async ({ lock, known }) => {
    const { holdId, userId } = lock;
    const ttlMs = lockTtlMs(resources, lock);
    const replacing = known === null ? {} : { replacing: known };
    await setLocks(redis, { eventId, holdId, userId, seatIds: [], ttlMs, ...replacing });
  });
  return lost.length;
}

export type HeldSeats = { readonly lock: LockedSeat; readonly seatIds: SeatId[] };

function holdsOf(seatIds: readonly SeatId[], taken: TakenSeats): Map<string, HeldSeats> {
  const holds = new Map<string, HeldSeats>();
  for (const seatId of seatIds) {
    const lock = taken.locked.get(seatId);
    if (lock === undefined) continue;
    const held = holds.get(lock.holdId) ?? { lock, seatIds: [] };
    held.seatIds.push(seatId);
    holds.set(lock.holdId, held);
  }
  return holds;
}

function isStillOpen(lock: LockedSeat): boolean {
  return lock.isCheckout || lock.leftMs > 0;
}

/** A checkout that is overdue lasts until Stripe has spoken: its locks are renewed from run to run. */
function lockTtlMs({ config }: Resources, lock: LockedSeat): number {
  return lock.isCheckout ? Math.max(lock.leftMs, config.cleanupIntervalMs * 2) : lock.leftMs;
}

function isOver(status: string | undefined): boolean {
  return status !== undefined && !(OPEN_STATUSES as readonly string[]).includes(status);
}

async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const piece of piecesOf(items, HOLDS_AT_ONCE)) await Promise.all(piece.map(work));
}
