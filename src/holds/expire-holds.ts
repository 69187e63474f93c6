import { crashPoint } from '../platform/crash-point.ts';
import { NotAllAlike, inOneTransaction, isRetriable } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Resources } from '../resources.ts';
import { changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { unlockHolds } from '../seats/seat-locks.ts';
import {
  type ExpiredHold,
  type OverdueHold,
  endListedHolds,
  expireDueHolds,
  listOverdueHolds,
} from './expiry-store.ts';

/** Listing costs a pass over all that is overdue, so a list feeds many transactions. */
const HOLDS_LISTED_MAX = 25_000;
/** What one transaction ends. More would be done sooner, and whoever wants a seat meanwhile would wait longer. */
const HOLDS_PER_TRANSACTION_MAX = 200;

/**
 * Frees the seats of every hold whose time is over, in both stores, until none is left or `signal` is aborted. Two that
 * run at once share the work and harm nothing; a crash leaves at most Redis keys behind, which expire by themselves and
 * which reconciliation removes sooner. Holds whose rows somebody keeps locked are left to the next run, which is soon: the
 * others wait for them once.
 * @throws AggregateError when any could not be ended: after all the others.
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
    for (const listed of piecesOf(overdue, HOLDS_PER_TRANSACTION_MAX)) {
      if (signal?.aborted === true) break;
      const expired = await endHolds(resources, listed, { failures, signal });
      total.holds += expired.length;
      total.seats += expired.reduce((sum, hold) => sum + hold.seatIds.length, 0);
    }
    const madeNoProgress = total.holds === before;
    if (overdue.length < HOLDS_LISTED_MAX || madeNoProgress || signal?.aborted === true) break;
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `Lots of overdue holds that could not be ended: ${failures.length}.`);
  return total;
}

/** What a run has met with so far, and whether it is to end. */
type Run = { readonly failures: unknown[]; readonly signal: AbortSignal | undefined };

/** Ends holds as they were listed, or, when that can't be done of all of them, those of each event that are still overdue. */
async function endHolds(
  resources: Resources,
  listed: readonly OverdueHold[],
  run: Run,
): Promise<readonly ExpiredHold[]> {
  try {
    await endListedHolds(resources.batches, listed);
  } catch (error) {
    const failuresBefore = run.failures.length;
    const ended = await endByEvent(resources, listed, run);
    if (error instanceof NotAllAlike || isRetriable(error)) return ended;
    // The answer to the commit may be what was lost: nobody has told Redis of those that are ended already.
    resources.log.warn({ err: error }, 'holds.expiry-parted');
    if (ended.length < listed.length && run.failures.length === failuresBefore) run.failures.push(error);
    return ended;
  }
  await afterCommit(resources, listed);
  return listed;
}

async function endByEvent(
  resources: Resources,
  listed: readonly ExpiredHold[],
  { failures, signal }: Run,
): Promise<readonly ExpiredHold[]> {
  const all: ExpiredHold[] = [];
  for (const [eventId, holds] of Map.groupBy(listed, (hold) => hold.eventId)) {
    if (signal?.aborted === true) break;
    const holdIds = holds.map(({ holdId }) => holdId);
    try {
      const expired = await inOneTransaction(resources.db, (tx) => expireDueHolds(tx, eventId, holdIds));
      await afterCommit(resources, expired);
      all.push(...expired);
    } catch (error) {
      resources.log.warn({ eventId, err: error }, 'holds.not-expired');
      failures.push(error);
    }
  }
  return all;
}

async function afterCommit(resources: Resources, expired: readonly ExpiredHold[]): Promise<void> {
  if (expired.length === 0) return;
  crashPoint('expiry.committed');
  const byEvent = Map.groupBy(expired, (hold) => hold.eventId);
  await Promise.all([...byEvent].map(([eventId, holds]) => freeInRedis(resources, eventId, holds)));
}

/**
 * The seat maps are told first and the locks go after: whoever takes such a seat next is then announced after this,
 * and no map shows it free for good. Redis may be away: it is made to agree later.
 */
async function freeInRedis(
  { redis, log }: Resources,
  eventId: string,
  expired: readonly ExpiredHold[],
): Promise<void> {
  const freed = expired.flatMap((hold) => hold.seatIds);
  try {
    await publishSeatChanges(redis, eventId, changesTo('available', freed));
    crashPoint('expiry.published');
    const ended = expired.map(({ holdId, userId, seatIds }) => ({ holdId, seatIds, endsHold: { userId } }));
    await unlockHolds(redis, eventId, ended);
  } catch (error) {
    log.warn({ eventId, err: error }, 'holds.redis-behind');
  }
  log.info({ eventId, holds: expired.length, seatCount: freed.length }, 'holds.expired');
}
