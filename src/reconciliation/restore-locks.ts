import { piecesOf } from '../platform/pieces.ts';
import type { Resources } from '../resources.ts';
import { setLocks } from '../seats/seat-locks.ts';
import type { HeldSeats } from './seat-state-store.ts';

const HOLDS_AT_ONCE = 500;

/** `replacing`: another hold that Redis may take for the buyer's. */
export type HoldToRestore = HeldSeats & { readonly replacing?: string };

/**
 * Gives open holds their locks back, and their buyers the hold. A lock that has run out is about to be freed, unless its
 * buyer is at Stripe.
 * @returns how many seats were locked.
 */
export async function restoreLocks(
  { redis, config }: Resources,
  eventId: string,
  holds: readonly HoldToRestore[],
): Promise<number> {
  const open = holds.filter(({ isCheckout, leftMs }) => isCheckout || leftMs > 0);
  for (const piece of piecesOf(open, HOLDS_AT_ONCE)) {
    await Promise.all(
      piece.map(({ isCheckout, leftMs, ...hold }) => {
        // A checkout that is overdue lasts until Stripe has spoken: its locks are renewed from run to run.
        const ttlMs = isCheckout ? Math.max(leftMs, config.cleanupIntervalMs * 2) : leftMs;
        return setLocks(redis, { eventId, ...hold, ttlMs });
      }),
    );
  }
  return open.reduce((sum, { seatIds }) => sum + seatIds.length, 0);
}
