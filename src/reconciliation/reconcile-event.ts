import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { clearBooked, markBooked, readLockAges, unlockSeats } from '../seats/seat-locks.ts';
import { type Owners, compareSeats } from './compare-seats.ts';
import { readAllLocks } from './read-all-locks.ts';
import { restoreLocks } from './restore-locks.ts';
import { type WatchedEvent, listEndedHolds, listHoldsOfSeats, readTakenSeats } from './seat-state-store.ts';

/** What was put right, in seats. */
export type ReconcileCounts = {
  readonly marked: number;
  readonly unmarked: number;
  readonly locked: number;
  readonly unlocked: number;
};

/**
 * Makes Redis say of an event's seats what MySQL says. Redis is read first and MySQL after: what Redis says may then be
 * a claim on its way to MySQL, and is left alone unless it can't be one; what MySQL says is never older than what it is
 * compared with. All changes compare the owner within Redis, so whatever happens meanwhile loses nothing but time.
 * Where nothing is to be put right, it costs little more than the reading of what is taken.
 */
export async function reconcileEvent(resources: Resources, event: WatchedEvent): Promise<ReconcileCounts> {
  const { redis, db } = resources;
  const { eventId } = event;
  const tokens = await readAllLocks(resources, event);
  const mayBeInFlight = await hasClaimsInFlight(resources);
  const { unmarked, wronglyMarked, strange, unlocked } = compareSeats(
    tokens,
    await readTakenSeats(db, eventId),
  );
  crashPoint('reconcile.compared');

  await markBooked(redis, eventId, unmarked);
  const cleared = await clearBooked(redis, eventId, wronglyMarked);
  crashPoint('reconcile.marked');
  const removed = await removeDeadLocks(resources, event, strange, tokens, mayBeInFlight);
  crashPoint('reconcile.unlocked');
  const locked = await restoreLocks(resources, eventId, await listHoldsOfSeats(db, eventId, unlocked));
  crashPoint('reconcile.locked');
  return { marked: unmarked.length, unmarked: cleared, locked, unlocked: removed };
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
  tokens: Owners,
  mayBeInFlight: boolean,
): Promise<number> {
  if (seatIds.length === 0) return 0;
  const { eventId } = event;
  const strange = seatIds.map((seatId) => ({ seatId, token: tokens.get(seatId) ?? '' }));
  const ended = await listEndedHolds(db, eventId, [...new Set(strange.map(({ token }) => token))]);
  const ttlMs = event.holdTtlMs ?? config.holds.ttlMs;
  const ages = mayBeInFlight ? [] : await readLockAges(redis, eventId, seatIds, ttlMs);
  // Between winning a lock and queueing the claim a server needs milliseconds; one that needs so much longer has died.
  const dead = strange.filter(
    ({ token }, index) => ended.has(token) || (ages[index] ?? 0) > config.recoveryMs,
  );
  let removed = 0;
  for (const [holdId, locks] of Map.groupBy(dead, ({ token }) => token)) {
    removed += await unlockSeats(redis, { eventId, holdId, seatIds: locks.map(({ seatId }) => seatId) });
  }
  return removed;
}
