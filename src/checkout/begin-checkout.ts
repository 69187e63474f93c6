import { confirmBookings } from '../bookings/confirm-booking.ts';
import { type Hold, extendHold, listHolds, lockHold, moveHold } from '../holds/hold-store.ts';
import { type Payment, findLivePayment, insertPayments } from '../payments/payment-store.ts';
import { startFreePayment } from '../payments/start-payment.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { joinCalls, joinReads } from '../platform/join-calls.ts';
import type { PaymentId, SeatId } from '../platform/id.ts';
import { type Tx, inTransaction } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { extendSeatLocks } from '../seats/seat-store.ts';
import { beginTogether } from './begin-together.ts';
import { listPricedSeats, shareEvent } from './checkout-store.ts';
import { type FrozenOrder, freezeOrder, paymentFor, windowEndOf } from './frozen-order.ts';
import type { PaymentToOpen } from './open-checkout.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';
import { refuseEnded } from './refusals.ts';
import { lockInRedis, tellSeatChanges } from './tell-changes.ts';

export type BegunCheckout =
  /** A new payment waits for its session at Stripe. */
  | { readonly outcome: 'begun'; readonly payment: PaymentToOpen; readonly expiresAt: Date }
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
  const found = ownHold(await findHold(resources)(command.holdId), command.userId);
  const { eventId, holdId, userId } = found;
  const { begun, seatIds } = await begin(resources)({ found, command });
  const ids = { eventId, holdId, userId };
  crashPoint('checkout.committed');
  if (begun.outcome === 'free')
    await tellSeatChanges(resources, { ...ids, booked: seatIds, freed: [], isOver: true });
  if (begun.outcome === 'begun')
    await lockInRedis(resources, { ...ids, seatIds, ttlMs: resources.config.holds.checkoutWindowMs });
  crashPoint('checkout.locked');
  const { outcome } = begun;
  const paymentId = outcome === 'free' ? begun.paymentId : begun.payment.paymentId;
  if (outcome !== 'repeated') resources.log.info({ holdId, eventId, paymentId, outcome }, 'checkout.begun');
  return begun;
}

const findHold = onePer(({ db, log }: Resources) =>
  joinReads(log, 'holds.read', (holdIds) => listHolds(db, holdIds)),
);

export type Beginning = { readonly found: Hold; readonly command: BeginCheckout };
export type Begun = { readonly begun: BegunCheckout; readonly seatIds: readonly SeatId[] };

const begin = onePer((resources: Resources) =>
  joinCalls<Beginning, Begun>(resources.log, {
    name: 'checkouts.begun',
    doneAt: 'lot.begun',
    together: (beginnings) => beginTogether(resources, beginnings),
    alone: (beginning) => inTransaction(resources.db, (tx) => beginOne(tx, resources, beginning)),
  }),
);

async function beginOne(tx: Tx, resources: Resources, { found, command }: Beginning): Promise<Begun> {
  const { eventId, holdId } = found;
  const event = await shareEvent(tx, eventId);
  const hold = ownHold(await lockHold(tx, eventId, holdId), command.userId);
  if (event === null || event.status === 'cancelled')
    throw new Problem(CHECKOUT_PROBLEMS.event_cancelled, 'The event is cancelled: nothing will be charged.');
  const live = await findLivePayment(tx, hold);
  if (hold.status === 'checkout' && live !== null)
    return { begun: { outcome: 'repeated', payment: live, expiresAt: hold.expiresAt }, seatIds: [] };
  await refuseEnded(tx, hold, live);

  const seats = (await listPricedSeats(tx, [hold])).get(holdId) ?? [];
  const frozen = freezeOrder(resources, event, hold, seats);
  const { expiresAt, order, seatIds } = frozen;
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
  if (frozen.total === 0)
    return { begun: { outcome: 'free', eventId, paymentId: await bookFree(tx, frozen), expiresAt }, seatIds };
  const payment = paymentFor(resources, frozen, command.email);
  await insertPayments(tx, [payment]);
  return { begun: { outcome: 'begun', payment: { ...payment, tries: 0 }, expiresAt }, seatIds };
}

/** An order that costs nothing needs no Stripe: it is booked at once, with a payment of nothing. */
async function bookFree(tx: Tx, { event, hold, order }: FrozenOrder): Promise<PaymentId> {
  const { eventId, holdId, userId } = hold;
  const sale = { eventId, holdId, userId, currency: event.currency };
  const paymentId = await startFreePayment(tx, { ...sale, order });
  await moveHold(tx, { eventId, holdId, from: ['checkout'], to: 'booked', reason: 'free' });
  const sold = await confirmBookings(tx, { ...sale, paymentId, lines: order.lines });
  if (sold === null) throw new Error(`The hold ${holdId} has not locked its seats.`);
  return paymentId;
}

/** Whoever has waited for a turn gets the whole time at Stripe. The hold must be locked, and in checkout. */
export async function restartWindow(tx: Tx, resources: Resources, hold: Hold): Promise<void> {
  const expiresAt = windowEndOf(hold, resources);
  await extendHold(tx, { ...hold, expiresAt });
  await extendSeatLocks(tx, { ...hold, expiresAt, lockKind: 'checkout' });
}

/** @throws Problem `hold_not_found` unless it is this buyer's. */
export function ownHold(hold: Hold | null, userId: string): Hold {
  if (hold !== null && hold.userId === userId) return hold;
  throw new Problem(CHECKOUT_PROBLEMS.hold_not_found, 'There is no such hold of yours.');
}
