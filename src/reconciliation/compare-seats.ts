import type { SeatId } from '../platform/id.ts';
import { BOOKED_MARKER } from '../seats/seat-keys.ts';

/** What MySQL says of an event's seats; a seat in neither is available. */
export type TakenSeats = {
  /** Sold, or kept off sale by the organiser: to Redis these are the same. */
  readonly booked: ReadonlySet<SeatId>;
  readonly locked: ReadonlyMap<SeatId, LockedSeat>;
};
export type LockedSeat = {
  readonly holdId: string;
  readonly userId: string;
  readonly isHoldOpen: boolean;
  readonly isCheckout: boolean;
  /** Until the lock runs out; negative when it has. */
  readonly leftMs: number;
};

/** Where Redis and MySQL differ on an event's seats. A seat can be in several lists. */
export type Differences = Readonly<Record<Difference, readonly SeatId[]>>;
/**
 * - `unmarked`: sold, and Redis does not say so
 * - `wronglyMarked`: Redis says sold, and it is not
 * - `unlocked`: locked by an open hold, and Redis does not say so
 * - `strange`: Redis says that a hold has the seat, and MySQL says nobody, or another hold
 * - `orphaned`: locked by a hold that is over or unknown
 */
export type Difference = 'unmarked' | 'wronglyMarked' | 'unlocked' | 'strange' | 'orphaned';

/** Compares what Redis says of each seat (seat n at index n - 1) with what MySQL says. */
export function compareSeats(tokens: readonly (string | null)[], taken: TakenSeats): Differences {
  const differences: Record<Difference, SeatId[]> = {
    unmarked: [],
    wronglyMarked: [],
    unlocked: [],
    strange: [],
    orphaned: [],
  };
  for (const [index, token] of tokens.entries()) {
    const seatId = index + 1;
    for (const difference of differencesOf(token, taken.booked.has(seatId), taken.locked.get(seatId))) {
      differences[difference].push(seatId);
    }
  }
  return differences;
}

function differencesOf(
  token: string | null,
  isBooked: boolean,
  lock: LockedSeat | undefined,
): readonly Difference[] {
  if (isBooked) return token === BOOKED_MARKER ? NONE : ['unmarked'];
  if (lock === undefined) return token === null ? NONE : [tokenDifference(token)];
  const ownLock: Difference = lock.isHoldOpen ? 'unlocked' : 'orphaned';
  if (token === lock.holdId) return lock.isHoldOpen ? NONE : [ownLock];
  return token === null ? [ownLock] : [tokenDifference(token), ownLock];
}

function tokenDifference(token: string): Difference {
  return token === BOOKED_MARKER ? 'wronglyMarked' : 'strange';
}

const NONE: readonly Difference[] = [];
