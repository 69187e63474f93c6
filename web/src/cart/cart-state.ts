import { ApiProblem, ownRefusal } from '../api/problem.ts';
import type { Hold } from '../api/holds.ts';

export type Queue = { readonly position: number | null; readonly seconds: number | null };

export type CartState = {
  /** False until it is known whether this buyer has seats from before. */
  readonly isLoaded: boolean;
  /** The open hold: queued, held, or being paid for. */
  readonly hold: Hold | null;
  /** Seats whose time ran out, and that may be asked for again. */
  readonly lapsedSeats: readonly number[] | null;
  /** Our place while the server has not got to our seats yet. */
  readonly queue: Queue | null;
  /** 'starting' until the way to Stripe is known; a place in the queue while Stripe's rate makes us wait. */
  readonly paying: 'starting' | Queue | null;
  /** Best seats are being looked for. */
  readonly isSearching: boolean;
};

export const EMPTY_CART: CartState = {
  isLoaded: false,
  hold: null,
  lapsedSeats: null,
  queue: null,
  paying: null,
  isSearching: false,
};

/** What happened to the cart and is worth telling, once. */
export type CartNews =
  | { readonly kind: 'taken' | 'found' | 'released' | 'lost'; readonly seats: readonly number[] }
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'back'; readonly hold: Hold }
  | { readonly kind: 'paid'; readonly paymentId: string }
  | { readonly kind: 'refused'; readonly error: unknown };

const OPEN = new Set<Hold['status']>(['queued', 'held', 'checkout']);

export function isOpen(hold: Hold): boolean {
  return OPEN.has(hold.status);
}

/** The seats that are surely the buyer's. */
export function seatsOf(hold: Hold | null): Set<number> {
  if (hold === null || !isOpen(hold) || hold.status === 'queued') return new Set();
  const pending = new Set(hold.pendingSeatIds);
  return new Set(hold.seats.filter((seat) => !pending.has(seat.id)).map((seat) => seat.id - 1));
}

/** Whether the server has yet to decide on seats that were asked for. */
export function isDeciding(hold: Hold): boolean {
  return hold.status === 'queued' || (isOpen(hold) && (hold.pendingSeatIds?.length ?? 0) > 0);
}

export function sameSeats(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((seat) => b.has(seat));
}

/** Which of these seats a refusal says to be someone else's. */
export function takenBy(error: unknown, seats: readonly number[]): number[] {
  if (!(error instanceof ApiProblem) || error.code !== 'seats_taken') return [];
  return seats.filter((seat) => error.seatIds.includes(seat + 1));
}

/** The payment that a refusal says to have been made already. */
export function alreadyPaid(error: unknown): string | null {
  return error instanceof ApiProblem && error.code === 'already_paid' ? error.paymentId : null;
}

/** Why a selection that had to wait came to nothing; null when it did not, or only because others were quicker. */
export function refusalOf({ rejection }: Hold): ApiProblem | null {
  if (rejection === null || (rejection.code === 'seats_taken' && (rejection.seatIds?.length ?? 0) > 0))
    return null;
  return ownRefusal(rejection.code, rejection.detail);
}
