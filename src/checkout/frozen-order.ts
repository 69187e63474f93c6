import type { Hold } from '../holds/hold-store.ts';
import type { NewPayment } from '../payments/payment-store.ts';
import { newPayment } from '../payments/start-payment.ts';
import type { PaymentId, SeatId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import type { EventForSale, PricedSeat } from './checkout-store.ts';
import { type Order, totalOf } from './order.ts';

/** What a hold is charged for, and until when it can be paid: all that a checkout fixes. */
export type FrozenOrder = {
  readonly event: EventForSale;
  readonly hold: Hold;
  readonly seats: readonly PricedSeat[];
  readonly seatIds: readonly SeatId[];
  readonly order: Order;
  /** In minor units. */
  readonly total: number;
  readonly expiresAt: Date;
};

/** The hold and its seats must be locked. */
export function freezeOrder(
  resources: Resources,
  event: EventForSale,
  hold: Hold,
  seats: readonly PricedSeat[],
): FrozenOrder {
  const lines = seats.map(({ id, amount }) => ({ seatId: id, amount }));
  return {
    event,
    hold,
    seats,
    seatIds: seats.map(({ id }) => id),
    order: { lines, heldUntil: hold.expiresAt.toISOString() },
    total: totalOf(lines),
    expiresAt: windowEndOf(hold, resources),
  };
}

/** The payment of an order that costs something, with its request to Stripe. */
export function paymentFor(resources: Resources, frozen: FrozenOrder, email: string | null): NewPayment {
  const { event, hold, seats, order } = frozen;
  const { eventId, holdId, userId } = hold;
  return newPayment({
    eventId,
    holdId,
    userId,
    order,
    currency: event.currency,
    lines: seats.map((seat) => lineOf(event.name, seat)),
    customerEmail: email,
    urls: urlsOf(resources, eventId),
    nowMs: resources.clock.nowMs(),
  });
}

export function windowEndOf(hold: Hold, { config }: Resources): Date {
  return new Date(hold.readAt.getTime() + config.holds.checkoutWindowMs);
}

/** Where Stripe sends the browser; the pages that live there are the web pages' affair. */
function urlsOf({ config }: Resources, eventId: string) {
  const event = `${config.http.baseUrl}/events/${eventId}`;
  return (paymentId: PaymentId) => ({
    successUrl: `${event}/payments/${paymentId}?from=stripe`,
    cancelUrl: `${event}?payment=cancelled`,
  });
}

function lineOf(eventName: string, seat: PricedSeat): { name: string; description: string; amount: number } {
  const place = [
    seat.section,
    seat.row === '' ? '' : `row ${seat.row}`,
    seat.label === '' ? '' : `seat ${seat.label}`,
  ]
    .filter(Boolean)
    .join(', ');
  return {
    name: place === '' ? eventName : `${eventName}: ${place}`.slice(0, 250),
    description: seat.tierName,
    amount: seat.amount,
  };
}
