import { confirmBookings } from '../bookings/confirm-booking.ts';
import { type Hold, extendHold, findHold, lockHold, moveHold } from '../holds/hold-store.ts';
import { findLivePayment, type Payment } from '../payments/payment-store.ts';
import { startFreePayment, startPayment } from '../payments/start-payment.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { PaymentId, SeatId } from '../platform/id.ts';
import { type Tx, inTransaction } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { extendSeatLocks } from '../seats/seat-store.ts';
import { type PricedSeat, listPricedSeats, shareEvent } from './checkout-store.ts';
import { type Order, totalOf } from './order.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';
import { refuseEnded } from './refusals.ts';
import { lockInRedis, tellSeatChanges } from './tell-changes.ts';

export type BegunCheckout =
  /** A new payment waits for its session at Stripe. */
  | { readonly outcome: 'begun'; readonly paymentId: PaymentId; readonly expiresAt: Date }
  /** A double click, or a second tab: the payment that the hold has already. */
  | { readonly outcome: 'repeated'; readonly payment: Payment; readonly expiresAt: Date }
  /** Nothing to pay: the seats are booked. */
  | {
      readonly outcome: 'free';
      readonly eventId: string;
      readonly paymentId: PaymentId;
      readonly expiresAt: Date;
    };

export type BeginCheckout = {
  readonly holdId: string;
  readonly userId: string;
  readonly email: string | null;
};

/**
 * Freezes what the hold costs, by the prices in the database, and moves it to checkout: from here on only Stripe's word
 * frees its seats. One transaction, and no call to Stripe in it; then the locks in Redis.
 * @throws Problem when the hold is not the caller's, is over, or the event is cancelled.
 */
export async function beginCheckout(resources: Resources, command: BeginCheckout): Promise<BegunCheckout> {
  const { db, log } = resources;
  const found = ownHold(await findHold(db, command.holdId), command.userId);
  const { eventId, holdId, userId } = found;
  const { begun, seatIds } = await inTransaction(db, (tx) => begin(tx, resources, found, command));
  const ids = { eventId, holdId, userId };
  crashPoint('checkout.committed');
  if (begun.outcome === 'free')
    await tellSeatChanges(resources, { ...ids, booked: seatIds, freed: [], isOver: true });
  if (begun.outcome === 'begun')
    await lockInRedis(resources, { ...ids, seatIds, ttlMs: resources.config.holds.checkoutWindowMs });
  crashPoint('checkout.locked');
  if (begun.outcome !== 'repeated')
    log.info({ holdId, eventId, paymentId: begun.paymentId, outcome: begun.outcome }, 'checkout.begun');
  return begun;
}

type Begun = { readonly begun: BegunCheckout; readonly seatIds: readonly SeatId[] };

async function begin(tx: Tx, resources: Resources, found: Hold, command: BeginCheckout): Promise<Begun> {
  const { eventId, holdId } = found;
  const event = await shareEvent(tx, eventId);
  const hold = ownHold(await lockHold(tx, eventId, holdId), command.userId);
  if (event === null || event.status === 'cancelled')
    throw new Problem(CHECKOUT_PROBLEMS.event_cancelled, 'The event is cancelled: nothing will be charged.');
  const live = await findLivePayment(tx, hold);
  if (hold.status === 'checkout' && live !== null)
    return { begun: { outcome: 'repeated', payment: live, expiresAt: hold.expiresAt }, seatIds: [] };
  await refuseEnded(tx, hold, live);

  const seats = await listPricedSeats(tx, hold);
  const expiresAt = windowEndOf(hold, resources);
  const order: Order = {
    lines: seats.map(({ id, amount }) => ({ seatId: id, amount })),
    heldUntil: hold.expiresAt.toISOString(),
  };
  if (
    (await extendSeatLocks(tx, { eventId, holdId, expiresAt, lockKind: 'checkout' })) !== seats.length ||
    seats.length === 0
  ) {
    throw new Problem(CHECKOUT_PROBLEMS.hold_not_open, 'The hold has lost its seats: select them again.');
  }
  await moveHold(tx, {
    eventId,
    holdId,
    from: ['held'],
    to: 'checkout',
    set: { expiresAt, checkoutLines: JSON.stringify(order.lines) },
  });
  const seatIds = seats.map((seat) => seat.id);
  const frozen = { eventId, holdId, userId: hold.userId, currency: event.currency, order };
  if (totalOf(order.lines) === 0)
    return { begun: { outcome: 'free', eventId, paymentId: await bookFree(tx, frozen), expiresAt }, seatIds };
  const paymentId = await startPayment(tx, {
    ...frozen,
    lines: seats.map((seat) => lineOf(event.name, seat)),
    customerEmail: command.email,
    urls: urlsOf(resources, eventId),
    nowMs: resources.clock.nowMs(),
  });
  return { begun: { outcome: 'begun', paymentId, expiresAt }, seatIds };
}

/** An order that costs nothing needs no Stripe: it is booked at once, with a payment of nothing. */
async function bookFree(
  tx: Tx,
  frozen: { eventId: string; holdId: string; userId: string; currency: string; order: Order },
): Promise<PaymentId> {
  const { eventId, holdId, order } = frozen;
  const paymentId = await startFreePayment(tx, frozen);
  await moveHold(tx, { eventId, holdId, from: ['checkout'], to: 'booked', reason: 'free' });
  const sold = await confirmBookings(tx, { ...frozen, paymentId, lines: order.lines });
  if (sold === null) throw new Error(`The hold ${holdId} has not locked its seats.`);
  return paymentId;
}

/** Whoever has waited for a turn gets the whole time at Stripe. The hold must be locked, and in checkout. */
export async function restartWindow(tx: Tx, resources: Resources, hold: Hold): Promise<void> {
  const expiresAt = windowEndOf(hold, resources);
  await extendHold(tx, { ...hold, expiresAt });
  await extendSeatLocks(tx, { ...hold, expiresAt, lockKind: 'checkout' });
}

function windowEndOf(hold: Hold, { config }: Resources): Date {
  return new Date(hold.readAt.getTime() + config.holds.checkoutWindowMs);
}

/** @throws Problem `hold_not_found` unless it is this buyer's. */
export function ownHold(hold: Hold | null, userId: string): Hold {
  if (hold !== null && hold.userId === userId) return hold;
  throw new Problem(CHECKOUT_PROBLEMS.hold_not_found, 'There is no such hold of yours.');
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
