import type { SeatId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { BLOCKED_HOLD_ID } from '../seats/seat.ts';
import { seatKeys } from '../seats/seat-keys.ts';
import { markBooked, setLocks, unlockSeats } from '../seats/seat-locks.ts';
import type { Claim } from './jobs.ts';
import type { BatchResult, BatchState, Decision, OpenHold, SeatState } from './decide-claims.ts';

/**
 * Makes the Redis locks of a batch's claims say what MySQL decided:
 * - held under another hold than the token says (Redis had lost or outlived the buyer's hold): the token is replaced;
 * - joined to an earlier hold: the locks of its other seats are extended with it;
 * - rejected: the locks that the claim took are given up, and the seats' true state, which Redis did not know, is set.
 */
export async function settleLocks(resources: Resources, result: BatchResult): Promise<void> {
  const { redis } = resources;
  const { eventId, decisions, repeated, state } = result;
  const settled = decisions.length + repeated.length;
  await Promise.all([
    redis.incrby(seatKeys.claimsSettled(eventId), settled),
    ...result.expired.map((hold) =>
      unlockSeats(redis, { eventId, holdId: hold.holdId, seatIds: [...hold.seatIds] }),
    ),
    ...[...decisions, ...repeated].map(({ claim, outcome }) =>
      outcome.outcome === 'held'
        ? settleHeld(resources, { claim, outcome, newSeatIds: [], takenOver: [] }, state)
        : settleRejected(resources, { claim, outcome, newSeatIds: [], takenOver: [] }, state),
    ),
  ]);
}

/** Whether Redis has the locks of all the batch's claims as MySQL has decided, so that nothing of them is to be done. */
export function isAsLocked({ decisions, repeated, expired, state }: BatchResult): boolean {
  return (
    repeated.length === 0 &&
    expired.length === 0 &&
    decisions.every(({ claim, outcome }) => outcome.outcome === 'held' && keepsItsLocks(claim, state))
  );
}

function keepsItsLocks(claim: Claim, { openHolds }: BatchState): boolean {
  const hold = openHolds.get(claim.userId);
  return claim.token === hold?.holdId && hold.seatIds.size === claim.seatIds.length;
}

async function settleHeld(
  { redis }: Resources,
  { claim, outcome }: Decision,
  state: BatchState,
): Promise<void> {
  const hold = state.openHolds.get(claim.userId);
  if (hold === undefined || hold.holdId !== outcome.holdId) return;
  if (keepsItsLocks(claim, state)) return;
  await setLocks(redis, {
    eventId: claim.eventId,
    holdId: hold.holdId,
    userId: claim.userId,
    seatIds: [...hold.seatIds],
    ttlMs: hold.expiresAtMs - state.nowMs,
    replacing: claim.token,
  });
}

async function settleRejected(
  resources: Resources,
  { claim, outcome }: Decision,
  state: BatchState,
): Promise<void> {
  const { redis } = resources;
  const { eventId } = claim;
  const holdId = claim.token;
  const open = state.openHolds.get(claim.userId);
  const notOurs = claim.seatIds.filter((seatId) => open?.holdId !== holdId || !open.seatIds.has(seatId));
  const endsHold = open?.holdId === holdId ? {} : { endsHold: { userId: claim.userId } };
  await unlockSeats(redis, { eventId, holdId, seatIds: notOurs, ...endsHold });
  const booked = seatsWith(
    state,
    notOurs,
    (seat) => seat.status === 'booked' || seat.holdId === BLOCKED_HOLD_ID,
  );
  if (booked.length > 0) await markBooked(redis, eventId, booked);
  if (outcome.outcome === 'rejected' && outcome.reason === 'seats_taken')
    await restoreOthers(resources, eventId, notOurs, state);
}

/** A seat that MySQL knew to be another's stood free in Redis: the other's lock is put back. */
async function restoreOthers(
  { redis }: Resources,
  eventId: string,
  seatIds: readonly SeatId[],
  state: BatchState,
): Promise<void> {
  const holdsById = new Map<string, OpenHold>(
    [...state.openHolds.values()].map((hold) => [hold.holdId, hold]),
  );
  for (const seatId of seatsWith(state, seatIds, (seat) => seat.status === 'locked')) {
    const hold = holdsById.get(state.seats.get(seatId)?.holdId ?? '');
    if (hold === undefined) continue;
    await setLocks(redis, {
      eventId,
      holdId: hold.holdId,
      userId: hold.userId,
      seatIds: [seatId],
      ttlMs: hold.expiresAtMs - state.nowMs,
    });
  }
}

function seatsWith(
  state: BatchState,
  seatIds: readonly SeatId[],
  test: (seat: SeatState) => boolean,
): SeatId[] {
  return seatIds.filter((seatId) => {
    const seat = state.seats.get(seatId);
    return seat !== undefined && test(seat);
  });
}
