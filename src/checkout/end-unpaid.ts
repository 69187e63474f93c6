import { type Hold, moveHold } from '../holds/hold-store.ts';
import type { SeatId } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { extendSeatLocks, listSeatsOfHold, releaseSeats } from '../seats/seat-store.ts';
import type { EventForSale } from './checkout-store.ts';
import { heldAfterCheckout, type Order } from './order.ts';

/** `kept`: still the buyer's, for `ttlMs` more. */
export type EndedUnpaid =
  | { readonly outcome: 'kept'; readonly seatIds: readonly SeatId[]; readonly ttlMs: number }
  | { readonly outcome: 'freed'; readonly seatIds: readonly SeatId[] }
  | { readonly outcome: 'not_in_checkout' };

/**
 * Takes a hold out of checkout after its payment was proven to be unpayable: back to the buyer with the time that is
 * left, else its seats are freed. The hold must be locked. Whoever comes first does it; for others there is nothing to do.
 */
export async function endUnpaid(
  tx: Tx,
  resources: Resources,
  hold: Hold,
  event: EventForSale,
  order: Order,
): Promise<EndedUnpaid> {
  if (hold.status !== 'checkout') return { outcome: 'not_in_checkout' };
  const { eventId, holdId, userId } = hold;
  const nowMs = hold.readAt.getTime();
  const heldUntilMs = event.status === 'cancelled' ? null : heldUntil(resources, hold, order, nowMs);
  if (heldUntilMs === null)
    return free(tx, hold, event.status === 'cancelled' ? 'event_cancelled' : 'expired');
  const expiresAt = new Date(heldUntilMs);
  await moveHold(tx, {
    eventId,
    holdId,
    from: ['checkout'],
    to: 'held',
    set: { expiresAt, checkoutLines: null },
  });
  await extendSeatLocks(tx, { eventId, holdId, expiresAt, lockKind: 'hold' });
  const seats = await listSeatsOfHold(tx, { eventId, holdId });
  resources.log.info({ holdId, eventId, userId }, 'checkout.returned');
  return { outcome: 'kept', seatIds: seats.map((seat) => seat.seatId), ttlMs: heldUntilMs - nowMs };
}

/** Ends an open hold and frees its seats. The hold must be locked. */
export async function free(
  tx: Tx,
  hold: Hold,
  reason: 'expired' | 'event_cancelled' | 'payment_mismatch',
): Promise<EndedUnpaid> {
  const { eventId, holdId, userId } = hold;
  const to = reason === 'expired' ? 'expired' : 'released';
  if (!(await moveHold(tx, { eventId, holdId, from: ['held', 'checkout'], to, reason })))
    return { outcome: 'not_in_checkout' };
  return { outcome: 'freed', seatIds: await releaseSeats(tx, { eventId, holdId, userId, reason }) };
}

function heldUntil({ config }: Resources, hold: Hold, order: Order, nowMs: number): number | null {
  return heldAfterCheckout({
    nowMs,
    heldUntilMs: Date.parse(order.heldUntil),
    checkoutEndsMs: hold.expiresAt.getTime(),
    extendsUntilMs: hold.extendsUntil.getTime(),
    checkoutWindowMs: config.holds.checkoutWindowMs,
  });
}
