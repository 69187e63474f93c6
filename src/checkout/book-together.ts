import type { NewBookings } from '../bookings/booking-store.ts';
import { confirmAllBookings } from '../bookings/confirm-booking.ts';
import { lockFreeHolds, moveToBooked } from '../holds/holds-together-store.ts';
import { type Payment, type PaymentKey, markFulfilled } from '../payments/payment-store.ts';
import { lockOnlyPayments } from '../payments/payments-together-store.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { type Db, type Tx, inOneTransaction } from '../platform/mysql.ts';
import { shareEvents } from './checkout-store.ts';
import { parseOrder, totalOf } from './order.ts';

/**
 * Turns the paid orders of a moment into bookings, in one transaction with the locks of a single one and in their order:
 * events shared, then holds, payments, seats, bookings. It books those that are as nearly all are: money as it was
 * asked for, on time, for a hold that has no other payment and has locked just these seats. It waits for no hold that
 * another transaction has, and leaves all others undone (`undefined`).
 * @throws NotAllAlike, or a duplicate of the key `a_seat_is_sold_once`; then nothing is booked.
 */
export async function bookTogether(
  db: Db,
  paid: readonly PaymentKey[],
): Promise<(NewBookings | undefined)[]> {
  return inOneTransaction(db, async (tx) => {
    const sales = await listUsual(tx, paid);
    const usual = sales.filter((sale) => sale !== undefined);
    if (usual.length === 0) return sales;
    await confirmAllBookings(tx, usual);
    await moveToBooked(tx, usual);
    await markFulfilled(
      tx,
      usual.map(({ paymentId }) => paymentId),
    );
    if (usual.length > 1) crashPoint('lot.booking-written');
    return sales;
  });
}

/** Locks what the payments are about, and says what each of the usual ones has bought. */
async function listUsual(tx: Tx, paid: readonly PaymentKey[]): Promise<(NewBookings | undefined)[]> {
  const events = await shareEvents(
    tx,
    paid.map(({ eventId }) => eventId),
  );
  const holds = await lockFreeHolds(tx, paid);
  const open = [...holds.values()].filter(
    ({ eventId, status }) => status === 'checkout' && events.get(eventId)?.status !== 'cancelled',
  );
  const openIds = new Set(open.map(({ holdId }) => holdId));
  const payments = await lockOnlyPayments(
    tx,
    paid.filter(({ holdId }) => openIds.has(holdId)),
  );
  return paid.map(({ paymentId }) => {
    const payment = payments.get(paymentId);
    // Should it be among them twice, the second finds out what the first has done.
    payments.delete(paymentId);
    return payment && saleFor(payment);
  });
}

/** Money that came in full, and on which nobody has acted. */
function saleFor(payment: Payment): NewBookings | undefined {
  const { status, fulfilledAt, flag, amount } = payment;
  if (status !== 'paid' || fulfilledAt !== null || flag !== null) return undefined;
  const { lines } = parseOrder(payment.order);
  return totalOf(lines) === amount ? { ...payment, lines } : undefined;
}
