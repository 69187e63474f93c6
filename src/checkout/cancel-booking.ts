import { type Booking, type SoldSeat, findBooking } from '../bookings/booking-store.ts';
import { cancelBooking } from '../bookings/cancel-booking.ts';
import { refundCauseOf } from '../bookings/booking.ts';
import { BOOKING_PROBLEMS } from '../bookings/problems.ts';
import { ownBooking } from '../bookings/own-booking.ts';
import { lockHold } from '../holds/hold-store.ts';
import { lockPayment } from '../payments/payment-store.ts';
import { requestRefund, sendRefundSoon } from '../payments/refund-payment.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { type Tx, inTransaction } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { tellSeatsBack } from './tell-changes.ts';

/**
 * The buyer gives a booked seat back: it is on sale again, and its price goes back, in one transaction with the outbox.
 * Repeating it changes nothing and answers the same.
 * @throws Problem `booking_not_found`; `not_refundable` when the event does not let buyers cancel (any more).
 */
export async function cancelOwnBooking(
  resources: Resources,
  command: { bookingId: string; userId: string },
): Promise<Booking> {
  const booking = ownBooking(await findBooking(resources.db, command.bookingId), command.userId);
  if (booking.status === 'cancelled') return booking;
  if (!booking.isCancellable) {
    throw new Problem(
      BOOKING_PROBLEMS.not_refundable,
      'The time in which this booking could be cancelled is over, or there is none.',
    );
  }
  await cancelAndRefund(resources, [{ ...booking, seatId: booking.seat.id }], 'buyer_cancelled');
  return ownBooking(await findBooking(resources.db, command.bookingId), command.userId);
}

/**
 * Cancels bookings of one hold and asks for the refund of each; returns how many it cancelled. Those that are
 * confirmed no more are left alone, and a booking is refunded once, whoever cancels it.
 */
export async function cancelAndRefund(
  resources: Resources,
  sold: readonly SoldSeat[],
  reason: 'buyer_cancelled' | 'event_cancelled',
): Promise<number> {
  const [first] = sold;
  if (first === undefined) return 0;
  const { seatIds, refundIds } = await inTransaction(resources.db, async (tx) => {
    await lockHold(tx, first.eventId, first.holdId);
    const cancelled = { seatIds: [] as number[], refundIds: [] as string[] };
    for (const seat of sold) {
      const refundId = await cancelOne(tx, seat, reason);
      if (refundId === false) continue;
      cancelled.seatIds.push(seat.seatId);
      if (refundId !== null) cancelled.refundIds.push(refundId);
    }
    return cancelled;
  });
  crashPoint('cancel.committed');
  await tellSeatsBack(resources, first.eventId, seatIds);
  crashPoint('cancel.told');
  for (const refundId of refundIds) await sendRefundSoon(resources, refundId);
  resources.log.info(
    { eventId: first.eventId, holdId: first.holdId, seatCount: seatIds.length, reason },
    'booking.cancelled',
  );
  return seatIds.length;
}

/** false: it was confirmed no more. null: nothing to refund. The payment is locked before the seat is. */
async function cancelOne(tx: Tx, sold: SoldSeat, reason: string): Promise<string | null | false> {
  const payment = sold.paymentId === null ? null : await lockPayment(tx, sold.paymentId);
  if (!(await cancelBooking(tx, sold, reason))) return false;
  if (payment === null) return null;
  return requestRefund(tx, payment, {
    amount: sold.amount,
    reason,
    dedupeKey: refundCauseOf(sold.bookingId),
  });
}
