import type { SeatStatus } from '../../db/schema.ts';
import type { SeatId } from '../platform/id.ts';
import type { Claim, ClaimOutcome } from './jobs.ts';

/** What MySQL says of the seats and buyers of a batch, locked for this transaction. Changed by each decision. */
export type BatchState = {
  readonly nowMs: number;
  readonly seats: Map<SeatId, SeatState>;
  /** The open hold of each buyer. */
  readonly openHolds: Map<string, OpenHold>;
  readonly bookedCounts: ReadonlyMap<string, number>;
};
export type SeatState = {
  status: SeatStatus;
  holdId: string | null;
  /** The lock has run out and may be taken over: its buyer is not at Stripe. */
  readonly isExpiredLock: boolean;
};
export type OpenHold = {
  readonly holdId: string;
  readonly userId: string;
  readonly status: 'queued' | 'held' | 'checkout';
  expiresAtMs: number;
  readonly extendsUntilMs: number;
  readonly seatIds: Set<SeatId>;
  readonly isNew: boolean;
};

export type Decision = {
  readonly claim: Claim;
  readonly outcome: ClaimOutcome;
  /** The seats that change hands by this claim; those that were the hold's before are not among them. */
  readonly newSeatIds: readonly SeatId[];
  /** Those of them that were taken over from a lock that had run out. */
  readonly takenOver: readonly SeatId[];
};

/** What a batch came to for one event. */
export type BatchResult = {
  readonly eventId: string;
  readonly decisions: readonly Decision[];
  /** Claims that an earlier run had decided. */
  readonly repeated: readonly { readonly claim: Claim; readonly outcome: ClaimOutcome }[];
  readonly state: BatchState;
  readonly freed: readonly number[];
  readonly expired: readonly OpenHold[];
};

/**
 * Decides the claims in their order: each gets all of its seats or none. A hold that has run out counts as gone, which
 * the caller must have seen to in `openHolds`.
 */
export function decideClaims(claims: readonly Claim[], state: BatchState): Decision[] {
  return claims.map((claim) => decideClaim(claim, state));
}

function decideClaim(claim: Claim, state: BatchState): Decision {
  const open = state.openHolds.get(claim.userId);
  const holdId = open?.holdId ?? claim.claimId;
  const reject = (
    reason: Extract<ClaimOutcome, { outcome: 'rejected' }>['reason'],
    seatIds: readonly SeatId[],
  ): Decision => ({
    claim,
    outcome: { outcome: 'rejected', holdId, reason, seatIds: [...seatIds] },
    newSeatIds: [],
    takenOver: [],
  });

  const unknown = claim.seatIds.filter((seatId) => !state.seats.has(seatId));
  if (unknown.length > 0) return reject('unknown_seats', unknown);
  if (open?.status === 'checkout') return reject('hold_in_checkout', []);
  const newSeatIds = claim.seatIds.filter((seatId) => state.seats.get(seatId)?.holdId !== holdId);
  const taken = newSeatIds.filter((seatId) => !isFree(state.seats.get(seatId)));
  if (taken.length > 0) return reject('seats_taken', taken);
  if (seatsOf(claim.userId, open, state) + newSeatIds.length > claim.seatsPerBuyerMax)
    return reject('too_many_seats', []);
  return accept(claim, open ?? openHold(claim, state), newSeatIds, state);
}

function accept(claim: Claim, hold: OpenHold, newSeatIds: readonly SeatId[], state: BatchState): Decision {
  const { holdId } = hold;
  const takenOver = newSeatIds.filter((seatId) => state.seats.get(seatId)?.isExpiredLock);
  hold.expiresAtMs = Math.max(hold.expiresAtMs, Math.min(state.nowMs + claim.ttlMs, hold.extendsUntilMs));
  for (const seatId of newSeatIds) {
    hold.seatIds.add(seatId);
    state.seats.set(seatId, { status: 'locked', holdId, isExpiredLock: false });
  }
  return { claim, outcome: { outcome: 'held', holdId }, newSeatIds, takenOver };
}

/** What the buyer has of the event: in the open hold and bought. */
function seatsOf(userId: string, open: OpenHold | undefined, state: BatchState): number {
  return (open?.seatIds.size ?? 0) + (state.bookedCounts.get(userId) ?? 0);
}

function isFree(seat: SeatState | undefined): boolean {
  return seat !== undefined && (seat.status === 'available' || seat.isExpiredLock);
}

function openHold(claim: Claim, state: BatchState): OpenHold {
  const hold: OpenHold = {
    holdId: claim.claimId,
    userId: claim.userId,
    status: 'held',
    expiresAtMs: state.nowMs + claim.ttlMs,
    extendsUntilMs: state.nowMs + claim.totalMs,
    seatIds: new Set(),
    isNew: true,
  };
  state.openHolds.set(claim.userId, hold);
  return hold;
}
