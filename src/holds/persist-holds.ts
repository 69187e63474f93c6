import { crashPoint } from '../platform/crash-point.ts';
import { withoutSearch } from '../platform/log.ts';
import { type Db, type Tx, inTransaction, isDuplicate } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import { sendReplies } from '../platform/replies.ts';
import type { Resources } from '../resources.ts';
import { type SeatChange, changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { expireHolds, lockBatch } from './batch-store.ts';
import { writeDecisions } from './claim-store.ts';
import { type BatchResult, type OpenHold, decideClaims } from './decide-claims.ts';
import { listClaimOutcomes } from './hold-store.ts';
import type { Claim, ClaimOutcome, ClaimReply } from './jobs.ts';
import { isAsLocked, settleLocks } from './settle-locks.ts';
import { NotAllNew, pickNew, writeNewHolds } from './new-holds-store.ts';

/** Two workers that decide for one buyer at once meet at a unique key; the second then sees the first's work. */
const DUPLICATE_RETRIES_MAX = 3;

/**
 * Writes a batch of claims: those that open a hold in one transaction, and the others in a second. What either has
 * committed is told at once, whatever becomes of the other. Repeatable: a claim is decided once, whatever runs twice, wakes
 * up late or dies halfway; after a crash behind a commit, the repeat sends the answers that were not sent.
 * @throws when a transaction failed as a whole; it has changed nothing then.
 */
export async function persistHolds(resources: Resources, claims: readonly Claim[]): Promise<void> {
  crashPoint('claim.taken');
  const opening = pickNew(claims);
  const opened =
    opening.length === 0 ? [] : await writeNewHolds(resources.batches, opening).catch(unlessNotAllNew);
  const telling = tell(resources, opened ?? []);
  try {
    const others = opened === null ? claims : claims.filter((claim) => !opening.includes(claim));
    if (others.length > 0)
      await tell(resources, await retryDuplicates(() => decideInTransaction(resources.db, others)));
  } finally {
    await telling;
  }
}

/** Makes Redis agree with what was committed, tells the open seat maps, and answers the servers that wait. */
async function tell(resources: Resources, results: readonly BatchResult[]): Promise<void> {
  if (results.length === 0) return;
  crashPoint('claim.committed');
  const settled = Promise.all(results.map((result) => afterCommit(resources, result)));
  // Redis executes the commands of one connection in their order, so that answers sent at once come after what tells it.
  // (What publishes changes comes later, once, when Redis has lost its scripts: maps may then be told late.)
  if (!results.every(isAsLocked)) await settled;
  crashPoint('claim.settled');
  await Promise.all([settled, answer(resources, results)]);
  crashPoint('claim.replied');
  for (const result of results) logDecisions(resources, result);
}

function unlessNotAllNew(error: unknown): null {
  if (error instanceof NotAllNew || isDuplicate(error)) return null;
  throw error;
}

async function decideInTransaction(db: Db, claims: readonly Claim[]): Promise<BatchResult[]> {
  const byEvent = Map.groupBy(claims, ({ eventId }) => eventId);
  return inTransaction(db, async (tx) => {
    const results: BatchResult[] = [];
    for (const [eventId, ofEvent] of [...byEvent].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      results.push(await persistForEvent(tx, eventId, ofEvent));
    crashPoint('claim.written');
    return results;
  });
}

async function persistForEvent(tx: Tx, eventId: string, claims: readonly Claim[]): Promise<BatchResult> {
  // By an earlier run of the same job, or because the buyer gave up.
  const decided = await listClaimOutcomes(
    tx,
    eventId,
    claims.map(({ claimId }) => claimId),
  );
  const fresh = claims.filter((claim) => !decided.has(claim.claimId));
  const { overdue, ...state } = await lockBatch(tx, eventId, claims);
  const freed = await expireHolds(tx, eventId, overdue);
  for (const seatId of freed) {
    if (state.seats.has(seatId))
      state.seats.set(seatId, { status: 'available', holdId: null, isExpiredLock: false });
  }
  const decisions = decideClaims(fresh, state);
  if (decisions.length > 0) await writeDecisions(tx, eventId, decisions, state);
  const repeated = claims.flatMap((claim) => {
    const outcome = decided.get(claim.claimId);
    return outcome === undefined ? [] : [{ claim, outcome }];
  });
  return { eventId, decisions, repeated, state, freed, expired: overdue };
}

async function afterCommit(resources: Resources, result: BatchResult): Promise<void> {
  const { eventId, decisions, state } = result;
  const locked = decisions.flatMap((decision) => decision.newSeatIds);
  const stillFree = result.freed.filter(
    (seatId) => (state.seats.get(seatId)?.status ?? 'available') === 'available',
  );
  const changes: SeatChange[] = [...changesTo('available', stillFree), ...changesTo('locked', locked)];
  const work = await Promise.allSettled([
    publishSeatChanges(resources.redis, eventId, changes),
    settleLocks(resources, result),
  ]);
  for (const part of work) {
    // The cleanup worker's reconciliation does what was not done here.
    if (part.status === 'rejected') resources.log.warn({ eventId, err: part.reason }, 'holds.redis-behind');
  }
}

const linesOf = onePer(({ log }: Resources) => withoutSearch(log));

/** When the buyers have been answered, who need not wait for it. */
function logDecisions(resources: Resources, { eventId, decisions }: BatchResult): void {
  const lines = linesOf(resources);
  for (const { claim, outcome } of decisions) {
    const { holdId } = outcome;
    const reason = outcome.outcome === 'held' ? undefined : outcome.reason;
    lines.info({ holdId, eventId, seatCount: claim.seatIds.length, reason }, `hold.${outcome.outcome}`);
  }
}

async function answer(resources: Resources, results: readonly BatchResult[]): Promise<void> {
  const answers = results.flatMap(({ decisions, repeated, state }) =>
    [...decisions, ...repeated].map(({ claim, outcome }) => ({ claim, outcome, state })),
  );
  for (const [address, ofServer] of Map.groupBy(answers, ({ claim }) => claim.replyTo)) {
    if (address === null) continue;
    const lines = ofServer.map(
      ({ claim, outcome, state }) =>
        [claim.claimId, replyOf(outcome, state.openHolds.get(claim.userId))] as const,
    );
    await sendReplies(resources.redis, address, lines).catch((error: unknown) => {
      resources.log.warn({ err: error }, 'holds.reply-not-sent');
    });
  }
}

function replyOf(outcome: ClaimOutcome, hold: OpenHold | undefined): ClaimReply {
  if (outcome.outcome === 'rejected' || hold?.holdId !== outcome.holdId) return outcome;
  return {
    ...outcome,
    hold: { seatIds: [...hold.seatIds].toSorted((a, b) => a - b), expiresAtMs: hold.expiresAtMs },
  };
}

async function retryDuplicates<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries > DUPLICATE_RETRIES_MAX || !isDuplicate(error)) throw error;
    }
  }
}
