import { getSaleRules } from '../events/sale-rules.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { getSeatLayout } from '../seats/seat-layout.ts';
import { listSeatsOfHold } from '../seats/seat-store.ts';
import { type Hold, findClaimOutcome, findHold, findOpenHold, findRejection } from './hold-store.ts';
import { type HoldView, holdView } from './hold-view.ts';
import { type ClaimOutcome, HOLD_CLAIMED } from './jobs.ts';
import { HOLD_PROBLEMS } from './problems.ts';
import { type QueuedClaim, queuePlace, recallQueued } from './queue-place.ts';
import { rejected } from './rejection.ts';

/**
 * A hold as its owner sees it, with what still waits to be written and what became of a selection that was answered 202.
 * @throws Problem `hold_not_found` for what is not the caller's, too.
 */
export async function findHoldView(
  resources: Resources,
  { holdId, userId }: { holdId: string; userId: string },
): Promise<HoldView> {
  const [hold, waiting] = await Promise.all([
    findHold(resources.db, holdId),
    recallQueued(resources.redis, holdId),
  ]);
  if (hold !== null) return viewOf(resources, ownedBy(hold, userId), waiting);
  if (waiting === null || waiting.userId !== userId) throw notFound();
  const outcome = await fateOf(resources, waiting);
  if (outcome === 'lost') throw notFound();
  if (outcome !== 'waiting' && outcome.holdId !== holdId)
    return findHoldView(resources, { holdId: outcome.holdId, userId });
  return queuedView(resources, holdId, waiting);
}

/**
 * What became of a claim that was answered 202. `lost`: nobody will ever decide it, because its job went with Redis or
 * failed for good; its buyer must hear that, and not wait. MySQL is asked again after the queue, for a claim that was
 * decided in between.
 */
async function fateOf(
  { db, queues }: Resources,
  { eventId, claimId, jobId }: QueuedClaim,
): Promise<ClaimOutcome | 'waiting' | 'lost'> {
  const decided = await findClaimOutcome(db, eventId, claimId);
  if (decided !== null) return decided;
  if (await queues.isPending(HOLD_CLAIMED.queue, jobId)) return 'waiting';
  return (await findClaimOutcome(db, eventId, claimId)) ?? 'lost';
}

/** The buyer's open hold of an event, or null. One whose time is over counts as none. */
export async function findOpenHoldView(
  resources: Resources,
  eventId: string,
  userId: string,
): Promise<HoldView | null> {
  const hold = await findOpenHold(resources.db, eventId, userId);
  if (hold === null || (hold.status === 'held' && hold.isOverdue)) return null;
  return viewOf(resources, hold, await recallQueued(resources.redis, hold.holdId));
}

/** @throws Problem `hold_not_found` unless it is this buyer's. */
export function ownedBy(hold: Hold | null, userId: string): Hold {
  if (hold === null || hold.userId !== userId) throw notFound();
  return hold;
}

async function viewOf(resources: Resources, hold: Hold, waiting: QueuedClaim | null): Promise<HoldView> {
  const [seats, context] = await Promise.all([
    listSeatsOfHold(resources.db, hold),
    contextOf(resources, hold.eventId),
  ]);
  const isOver = hold.status === 'held' && hold.isOverdue;
  const view = holdView(
    context.rules,
    context.layout,
    {
      holdId: hold.holdId,
      status: isOver ? 'expired' : hold.status,
      seatIds: isOver ? [] : seats.map(({ seatId }) => seatId),
      expiresAtMs: hold.expiresAt.getTime(),
    },
    resources.clock.nowMs(),
  );
  return { ...view, ...(await afterwordOf(resources, hold, waiting)) };
}

async function afterwordOf(
  resources: Resources,
  hold: Hold,
  waiting: QueuedClaim | null,
): Promise<Partial<HoldView>> {
  if (waiting !== null) {
    const outcome = await fateOf(resources, waiting);
    if (outcome === 'lost') return {};
    if (outcome === 'waiting') {
      return {
        pendingSeatIds: waiting.seatIds,
        ...(await queuePlace(resources.redis, waiting, resources.clock.nowMs())),
      };
    }
    return rejectionOf(outcome);
  }
  return hold.status === 'rejected' ? rejectionOf(await findRejection(resources.db, hold.holdId)) : {};
}

function rejectionOf(outcome: ClaimOutcome | null): Partial<HoldView> {
  if (outcome?.outcome !== 'rejected') return {};
  const problem = rejected(outcome.reason, outcome.seatIds);
  return { rejection: { code: outcome.reason, seatIds: outcome.seatIds, detail: problem.message } };
}

async function queuedView(resources: Resources, holdId: string, waiting: QueuedClaim): Promise<HoldView> {
  const nowMs = resources.clock.nowMs();
  const [context, place] = await Promise.all([
    contextOf(resources, waiting.eventId),
    queuePlace(resources.redis, waiting, nowMs),
  ]);
  const facts = {
    holdId,
    status: 'queued' as const,
    seatIds: waiting.seatIds,
    expiresAtMs: waiting.queuedAtMs + context.rules.holdTtlMs,
  };
  return {
    ...holdView(context.rules, context.layout, facts, nowMs),
    ...place,
    pendingSeatIds: waiting.seatIds,
  };
}

async function contextOf(resources: Resources, eventId: string) {
  const rules = await getSaleRules(resources, eventId);
  if (rules === null) throw notFound();
  return { rules, layout: await getSeatLayout(resources, rules) };
}

function notFound(): Problem {
  return new Problem(
    HOLD_PROBLEMS.hold_not_found,
    'There is no such hold of yours. If it was being queued, it was lost: select the seats again.',
  );
}
