import assert from 'node:assert/strict';
import { listSoldSeats } from '../bookings/booking-store.ts';
import { cancelBooking } from '../bookings/cancel-booking.ts';
import { confirmBookings } from '../bookings/confirm-booking.ts';
import { type Hold, lockHold, moveHold } from '../holds/hold-store.ts';
import {
  type Payment,
  type PaymentKey,
  findLivePayment,
  lockPayment,
  markFulfilled,
} from '../payments/payment-store.ts';
import { requestRefund, sendRefundSoon } from '../payments/refund-payment.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import { joinCalls } from '../platform/join-calls.ts';
import { type Tx, inTransaction } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { releaseSeats, retakeSeats } from '../seats/seat-store.ts';
import { bookTogether } from './book-together.ts';
import { type EventForSale, shareEvent } from './checkout-store.ts';
import { endUnpaid, free } from './end-unpaid.ts';
import { type Order, parseOrder, totalOf } from './order.ts';
import { lockInRedis, tellSeatChanges, tellSeatsBack, tellSeatsBooked } from './tell-changes.ts';

const SEATS_PER_HOLD_MAX = 1_000;

/** `refunded`: the money is given back in full; `ended`: there was none; `nothing`: it was done before, or is not time yet. */
export type Completion = {
  readonly outcome: 'booked' | 'refunded' | 'ended' | 'returned' | 'nothing';
  /** Another payment of the hold that still waits for money, though the seats are sold: its session is to be ended. */
  readonly superfluous: Payment | null;
};

type Change = {
  readonly outcome: Completion['outcome'];
  readonly booked?: readonly SeatId[];
  readonly freed?: readonly SeatId[];
  readonly returned?: readonly SeatId[];
  readonly kept?: { readonly seatIds: readonly SeatId[]; readonly ttlMs: number };
  readonly refundId?: string | null;
  readonly superfluous?: Payment | null;
};

/**
 * Acts on Stripe's last word, as it stands in the payment's row: money becomes bookings, or goes back in full; without
 * money the hold leaves checkout. One transaction (event shared, then hold, payment, seats, bookings), which any
 * number of callers may run at any time: the first does it all, the others find it done.
 */
export async function completeCheckout(resources: Resources, payment: PaymentKey): Promise<Completion> {
  return completing(resources)(payment);
}

const completing = onePer((resources: Resources) =>
  joinCalls<PaymentKey, Completion>(resources.log, {
    name: 'checkouts.completed',
    doneAt: 'lot.told',
    async together(payments) {
      const sales = await bookTogether(resources.db, payments);
      const booked = sales.filter((sale) => sale !== undefined);
      if (booked.length > 1) crashPoint('lot.booked');
      for (const sale of booked) logCompleted(resources, sale, 'booked');
      await tellSeatsBooked(resources, booked);
      return sales.map((sale) => sale && { outcome: 'booked', superfluous: null });
    },
    alone: (payment) => completeOne(resources, payment),
  }),
);

async function completeOne(resources: Resources, payment: PaymentKey): Promise<Completion> {
  const change = await inTransaction(resources.db, async (tx) => {
    const changed = await complete(tx, resources, payment);
    if (changed.outcome === 'booked') crashPoint('booking.written');
    return changed;
  });
  if (change.outcome === 'nothing') return { outcome: 'nothing', superfluous: null };
  crashPoint(change.outcome === 'booked' ? 'booking.committed' : 'ending.committed');
  logCompleted(resources, payment, change.outcome);
  await tell(resources, payment, change);
  if (change.outcome === 'booked') crashPoint('booking.told');
  return { outcome: change.outcome, superfluous: change.superfluous ?? null };
}

function logCompleted(
  { log }: Resources,
  { paymentId, holdId, eventId }: { paymentId: string; holdId: string; eventId: string },
  outcome: Completion['outcome'],
): void {
  log.info({ paymentId, holdId, eventId, outcome }, 'checkout.completed');
}

async function tell(
  resources: Resources,
  { eventId, holdId, userId }: PaymentKey,
  change: Change,
): Promise<void> {
  const { booked = [], freed = [], returned = [], kept, refundId } = change;
  const ids = { eventId, holdId, userId };
  if (booked.length + freed.length > 0)
    await tellSeatChanges(resources, { ...ids, booked, freed, isOver: true });
  if (returned.length > 0) await tellSeatsBack(resources, eventId, returned);
  if (kept !== undefined) await lockInRedis(resources, { ...ids, ...kept });
  if (typeof refundId === 'string') await sendRefundSoon(resources, refundId);
}

async function complete(
  tx: Tx,
  resources: Resources,
  { eventId, holdId, paymentId }: PaymentKey,
): Promise<Change> {
  const event = await shareEvent(tx, eventId);
  const hold = await lockHold(tx, eventId, holdId);
  const payment = await lockPayment(tx, paymentId);
  assert(
    event !== null && hold !== null && payment !== null,
    `The payment ${paymentId} has lost its event or hold.`,
  );
  if (payment.status === 'pending') return { outcome: 'nothing' };
  if (payment.fulfilledAt !== null)
    return payment.status === 'refunded' ? cancelRefunded(tx, payment) : { outcome: 'nothing' };
  await markFulfilled(tx, [paymentId]);
  const order = parseOrder(payment.order);
  if (payment.status === 'failed' || payment.status === 'expired')
    return endPayment(tx, resources, { event, hold, payment, order });
  const why = reasonToRefund(event, hold, payment);
  if (why !== null) return refundAll(tx, { hold, payment }, why);
  return (
    (await book(tx, hold, payment, order)) ??
    refundAll(tx, { hold, payment }, { reason: 'seats_gone', cause: 'late' })
  );
}

type Subject = {
  readonly event: EventForSale;
  readonly hold: Hold;
  readonly payment: Payment;
  readonly order: Order;
};

/** No money came. A hold that has begun another payment meanwhile is that one's to end. */
async function endPayment(tx: Tx, resources: Resources, { event, hold, order }: Subject): Promise<Change> {
  if ((await findLivePayment(tx, hold)) !== null) return { outcome: 'ended' };
  const ended = await endUnpaid(tx, resources, hold, event, order);
  if (ended.outcome === 'kept') return { outcome: 'returned', kept: ended };
  return { outcome: 'ended', freed: ended.outcome === 'freed' ? ended.seatIds : [] };
}

type Why = { readonly reason: string; readonly cause: 'mismatch' | 'dup' | 'late' };

function reasonToRefund(event: EventForSale, hold: Hold, payment: Payment): Why | null {
  if (payment.flag === 'amount_mismatch' || payment.flag === 'currency_mismatch')
    return { reason: payment.flag, cause: 'mismatch' };
  if (hold.status === 'booked') return { reason: 'duplicate', cause: 'dup' };
  if (event.status === 'cancelled') return { reason: 'event_cancelled', cause: 'late' };
  // Someone has begun to give the money back before it was booked.
  return payment.status === 'paid' ? null : { reason: 'refunded_outside', cause: 'late' };
}

/** Gives all of the money back, and frees what the hold had for it. */
async function refundAll(
  tx: Tx,
  { hold, payment }: Pick<Subject, 'hold' | 'payment'>,
  why: Why,
): Promise<Change> {
  const refundId = await requestRefund(tx, payment, {
    amount: payment.capturedAmount,
    reason: why.reason,
    dedupeKey: `${why.cause}:${payment.paymentId}`,
  });
  // A checkout that has begun since is another payment's to end.
  if (hold.status !== 'checkout' || (await findLivePayment(tx, hold)) !== null)
    return { outcome: 'refunded', refundId };
  const freed = await free(
    tx,
    hold,
    why.reason === 'event_cancelled' ? 'event_cancelled' : 'payment_mismatch',
  );
  return { outcome: 'refunded', refundId, freed: freed.outcome === 'freed' ? freed.seatIds : [] };
}

/** null, and nothing changed, when the seats are not to be had any more. */
async function book(tx: Tx, hold: Hold, payment: Payment, order: Order): Promise<Change | null> {
  assert.equal(totalOf(order.lines), payment.amount, `The order of ${payment.paymentId} does not add up.`);
  const { eventId, holdId, userId } = hold;
  const seatIds = order.lines.map((line) => line.seatId);
  const sale = {
    eventId,
    holdId,
    userId,
    paymentId: payment.paymentId,
    currency: payment.currency,
    lines: order.lines,
  };
  let sold = await confirmBookings(tx, sale);
  // The money came late. All of its seats are taken again, if nobody else has any of them.
  if (sold === null && (await retakeSeats(tx, { eventId, holdId, userId, seatIds })))
    sold = await confirmBookings(tx, sale);
  if (sold === null) return null;
  await moveHold(tx, {
    eventId,
    holdId,
    from: ['held', 'checkout', 'released', 'expired'],
    to: 'booked',
    reason: 'paid',
  });
  // What the buyer added to the cart after going back from the payment that now turned out to be paid.
  const freed =
    sold.otherSeatIds.length === 0
      ? []
      : await releaseSeats(tx, { eventId, holdId, userId, reason: 'released' });
  return { outcome: 'booked', booked: seatIds, freed, superfluous: await findLivePayment(tx, hold) };
}

/** All of the money went back by another way than ours: the bookings end with it. */
async function cancelRefunded(tx: Tx, payment: Payment): Promise<Change> {
  const { eventId, holdId, paymentId } = payment;
  const returned: SeatId[] = [];
  for (const sold of await listSoldSeats(tx, { eventId, holdId, limit: SEATS_PER_HOLD_MAX })) {
    if (sold.paymentId === paymentId && (await cancelBooking(tx, sold, 'refunded_outside')))
      returned.push(sold.seatId);
  }
  return returned.length === 0 ? { outcome: 'nothing' } : { outcome: 'refunded', returned };
}
