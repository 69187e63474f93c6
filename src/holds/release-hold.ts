import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import { type Tx, inTransaction, isDuplicate } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { unlockSeats } from '../seats/seat-locks.ts';
import { listSeatsOfHold, releaseSeats } from '../seats/seat-store.ts';
import { insertStruckOff } from './claim-store.ts';
import { findHoldView, ownedBy } from './find-hold.ts';
import { findClaimOutcome, findHold, lockHold, moveHold } from './hold-store.ts';
import type { HoldView } from './hold-view.ts';
import { HOLD_PROBLEMS } from './problems.ts';
import { type QueuedClaim, recallQueued } from './queue-place.ts';

type Release = { readonly holdId: string; readonly userId: string };

/**
 * The owner gives up the hold: all its seats are free at once, in both stores. Repeating it changes nothing.
 * A hold that still waits to be written is struck off before it is.
 * @throws Problem `hold_not_found`; `hold_in_checkout` while it is being paid for.
 */
export async function releaseHold(resources: Resources, release: Release): Promise<HoldView> {
  const hold = await findHold(resources.db, release.holdId);
  if (hold === null) return releaseQueued(resources, release);
  const { eventId } = ownedBy(hold, release.userId);
  const seatIds = await inTransaction(resources.db, async (tx) => {
    const { status } = ownedBy(await lockHold(tx, eventId, release.holdId), release.userId);
    if (status === 'checkout') throw inCheckout();
    if (
      !(await moveHold(tx, {
        eventId,
        holdId: release.holdId,
        from: ['queued', 'held'],
        to: 'released',
        reason: 'released',
      }))
    )
      return [];
    return releaseSeats(tx, { eventId, ...release, reason: 'released' });
  });
  await freed(resources, { eventId, ...release, seatIds, endsHold: true });
  return findHoldView(resources, release);
}

/** The owner gives up one seat; with the last one the hold is released. @throws as `releaseHold`. */
export async function releaseSeat(
  resources: Resources,
  release: Release & { seatId: SeatId },
): Promise<HoldView> {
  const { eventId, holdId } = ownedBy(await findHold(resources.db, release.holdId), release.userId);
  const { seatIds, isOver } = await inTransaction(resources.db, async (tx) => {
    const { status } = ownedBy(await lockHold(tx, eventId, holdId), release.userId);
    if (status === 'checkout') throw inCheckout();
    const freedIds = await releaseSeats(tx, {
      eventId,
      holdId,
      userId: release.userId,
      seatIds: [release.seatId],
      reason: 'released',
    });
    return { seatIds: freedIds, isOver: await endIfEmpty(tx, eventId, holdId) };
  });
  await freed(resources, { eventId, holdId, userId: release.userId, seatIds, endsHold: isOver });
  return findHoldView(resources, release);
}

async function endIfEmpty(tx: Tx, eventId: string, holdId: string): Promise<boolean> {
  const left = await listSeatsOfHold(tx, { eventId, holdId });
  if (left.length > 0) return false;
  return moveHold(tx, { eventId, holdId, from: ['queued', 'held'], to: 'released', reason: 'released' });
}

/**
 * Strikes off a hold that is still in the queue, by deciding its claim before the worker does: whichever transaction
 * inserts the claim's row first has decided.
 */
async function releaseQueued(resources: Resources, release: Release): Promise<HoldView> {
  const waiting = await recallQueued(resources.redis, release.holdId);
  if (waiting === null || waiting.userId !== release.userId) return findHoldView(resources, release);
  try {
    await inTransaction(resources.db, (tx) => insertStruckOff(tx, { ...waiting, holdId: release.holdId }));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return releaseDecided(resources, release, waiting);
  }
  crashPoint('strike-off.committed');
  await freed(resources, { ...waiting, holdId: release.holdId, endsHold: true });
  return findHoldView(resources, release);
}

/** The worker was first. Where Redis did not know of an open hold, the claim has joined that one, and no hold has the id it was queued under. */
async function releaseDecided(
  resources: Resources,
  release: Release,
  { eventId, claimId }: QueuedClaim,
): Promise<HoldView> {
  const outcome = await findClaimOutcome(resources.db, eventId, claimId);
  if (outcome === null || outcome.holdId === release.holdId) return releaseHold(resources, release);
  if (outcome.outcome === 'rejected') return findHoldView(resources, release);
  return releaseHold(resources, { ...release, holdId: outcome.holdId });
}

async function freed(
  resources: Resources,
  {
    eventId,
    holdId,
    userId,
    seatIds,
    endsHold,
  }: { eventId: string; holdId: string; userId: string; seatIds: readonly SeatId[]; endsHold: boolean },
): Promise<void> {
  if (seatIds.length === 0 && !endsHold) return;
  crashPoint('release.committed');
  await unlockSeats(resources.redis, {
    eventId,
    holdId,
    seatIds,
    ...(endsHold ? { endsHold: { userId } } : {}),
  });
  crashPoint('release.unlocked');
  await publishSeatChanges(resources.redis, eventId, changesTo('available', seatIds));
  resources.log.info({ holdId, eventId, seatCount: seatIds.length }, 'hold.released');
}

function inCheckout(): Problem {
  return new Problem(
    HOLD_PROBLEMS.hold_in_checkout,
    'The hold is being paid for: end the payment first (DELETE /api/holds/{holdId}/checkout).',
  );
}
