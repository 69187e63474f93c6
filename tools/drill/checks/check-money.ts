import { fromBytes, toBytes } from '../../../src/platform/id.ts';
import type { Db } from '../../../src/platform/mysql.ts';
import type { Capture } from '../system/stand-in-control.ts';

type Sold = { readonly paymentId: string; readonly amount: number };
type Paid = { readonly paymentId: string; readonly transactionId: string | null; readonly amount: number };

/**
 * The stand-in's books are the truth about money: each amount that was taken and not given back is what the confirmed
 * bookings of its payment are worth, and each confirmed booking is paid for by exactly one capture.
 */
export async function checkMoney(db: Db, eventId: string, captures: readonly Capture[]): Promise<string[]> {
  const payments = await readPayments(db, eventId);
  const sold = Map.groupBy(await readSold(db, eventId), ({ paymentId }) => paymentId);
  const byTransaction = new Map(payments.map((payment) => [payment.transactionId, payment]));
  const byId = new Map(payments.map((payment) => [payment.paymentId, payment]));
  const ours = captures.filter(
    ({ paymentIntent, metadata }) =>
      byTransaction.has(paymentIntent) || byId.has(metadata['payment_id'] ?? ''),
  );
  const wrong = ours.flatMap(({ paymentIntent, captured, refunded }) => {
    const payment = byTransaction.get(paymentIntent);
    const bookings = payment === undefined ? [] : (sold.get(payment.paymentId) ?? []);
    const worth = bookings.reduce((sum, { amount }) => sum + amount, 0);
    return captured - refunded === worth
      ? []
      : [`${paymentIntent}: ${captured} taken, ${refunded} given back, bookings worth ${worth}`];
  });
  const unpaid = [...sold.keys()].filter((paymentId) => {
    const payment = byId.get(paymentId);
    const paying = ours.filter(({ paymentIntent }) => paymentIntent === payment?.transactionId);
    return payment !== undefined && payment.amount > 0 && paying.length !== 1;
  });
  return [
    ...wrong,
    ...unpaid.map((paymentId) => `the bookings of payment ${paymentId} are not paid by one capture`),
  ];
}

async function readPayments(db: Db, eventId: string): Promise<Paid[]> {
  const rows = await db
    .selectFrom('payments')
    .select(['payment_id', 'transaction_id', 'amount'])
    .where('event_id', '=', toBytes(eventId))
    .execute();
  return rows.map((row) => ({
    paymentId: fromBytes(row.payment_id),
    transactionId: row.transaction_id,
    amount: row.amount,
  }));
}

async function readSold(db: Db, eventId: string): Promise<Sold[]> {
  const rows = await db
    .selectFrom('bookings')
    .select(['payment_id', 'amount'])
    .where('event_id', '=', toBytes(eventId))
    .where('status', '=', 'confirmed')
    .execute();
  return rows.map((row) => ({
    paymentId: row.payment_id === null ? 'none' : fromBytes(row.payment_id),
    amount: row.amount,
  }));
}
