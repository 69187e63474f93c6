import { crashPoint } from '../platform/crash-point.ts';
import { inTransaction } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Resources } from '../resources.ts';
import { changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { unlockSeats } from '../seats/seat-locks.ts';
import { type ExpiredHold, expireDueHolds } from './expiry-store.ts';
import { listOverdueHolds } from './hold-store.ts';

/** Listing costs a pass over all that is overdue, so a list feeds several transactions. */
const HOLDS_LISTED_MAX = 5_000;
/** What one transaction ends. More would be done sooner, and whoever wants a seat meanwhile would wait longer. */
const HOLDS_PER_TRANSACTION_MAX = 200;

/**
 * Frees the seats of every hold whose time is over, in both stores, until none is left or `signal` is aborted. Two that
 * run at once share the work and harm nothing; a crash leaves at most Redis keys behind, which expire by themselves and
 * which reconciliation removes sooner.
 * @throws AggregateError when the holds of a batch could not be ended: after all the others.
 */
export async function expireOverdueHolds(
  resources: Resources,
  signal?: AbortSignal,
): Promise<{ holds: number; seats: number }> {
  const total = { holds: 0, seats: 0 };
  const failures: unknown[] = [];
  for (;;) {
    const overdue = await listOverdueHolds(resources.db, HOLDS_LISTED_MAX);
    const before = total.holds;
    for (const { eventId, holdIds } of batchesOf(overdue)) {
      if (signal?.aborted === true) break;
      try {
        const expired = await expireBatch(resources, eventId, holdIds);
        total.holds += expired.length;
        total.seats += expired.reduce((sum, hold) => sum + hold.seatIds.length, 0);
      } catch (error) {
        resources.log.warn({ eventId, err: error }, 'holds.not-expired');
        failures.push(error);
      }
    }
    const madeNoProgress = total.holds === before;
    if (overdue.length < HOLDS_LISTED_MAX || madeNoProgress || signal?.aborted === true) break;
  }
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      `Batches of overdue holds that could not be ended: ${failures.length}.`,
    );
  return total;
}

type Batch = { readonly eventId: string; readonly holdIds: readonly string[] };

function batchesOf(overdue: readonly { eventId: string; holdId: string }[]): Batch[] {
  const batches: Batch[] = [];
  for (const [eventId, holds] of Map.groupBy(overdue, (hold) => hold.eventId)) {
    const holdIds = holds.map(({ holdId }) => holdId);
    for (const piece of piecesOf(holdIds, HOLDS_PER_TRANSACTION_MAX))
      batches.push({ eventId, holdIds: piece });
  }
  return batches;
}

async function expireBatch(
  resources: Resources,
  eventId: string,
  holdIds: readonly string[],
): Promise<ExpiredHold[]> {
  const expired = await inTransaction(resources.db, (tx) => expireDueHolds(tx, eventId, holdIds));
  if (expired.length === 0) return [];
  crashPoint('expiry.committed');
  try {
    await freeInRedis(resources, eventId, expired);
  } catch (error) {
    resources.log.warn({ eventId, err: error }, 'holds.redis-behind');
  }
  const seatCount = expired.reduce((sum, hold) => sum + hold.seatIds.length, 0);
  resources.log.info({ eventId, holds: expired.length, seatCount }, 'holds.expired');
  return expired;
}

/**
 * The seat maps are told first and the locks go after: whoever takes such a seat next is then announced after this,
 * and no map shows it free for good. The calls go out together, as one pipeline.
 */
async function freeInRedis(
  { redis }: Resources,
  eventId: string,
  expired: readonly ExpiredHold[],
): Promise<void> {
  const freed = expired.flatMap((hold) => hold.seatIds);
  await publishSeatChanges(redis, eventId, changesTo('available', freed));
  crashPoint('expiry.published');
  await Promise.all(
    expired.map(({ holdId, userId, seatIds }) =>
      unlockSeats(redis, { eventId, holdId, seatIds, endsHold: { userId } }),
    ),
  );
}
