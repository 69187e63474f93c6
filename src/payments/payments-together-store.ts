import { sql } from 'kysely';
import type { PaymentRow } from '../../db/schema.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { type DbOrTx, NotAllAlike, type Tx } from '../platform/mysql.ts';
import { type Payment, toPayment } from './payment-store.ts';

/** All payments of the holds, by hold, locked until the transaction ends; but not those that another has locked. */
export async function lockFreePayments(
  tx: Tx,
  holds: readonly { readonly eventId: string; readonly holdId: string }[],
): Promise<Map<string, Payment[]>> {
  const { table, of } = jsonRows('one', { eventId: 'id', holdId: 'id' }, holds);
  const { rows } = await sql<PaymentRow>`
    SELECT payments.*
    FROM ${table} STRAIGHT_JOIN payments ON payments.event_id = ${of('eventId')} AND payments.hold_id = ${of('holdId')}
    FOR UPDATE SKIP LOCKED
  `.execute(tx);
  return Map.groupBy(rows.map(toPayment), ({ holdId }) => holdId);
}

export type Session = {
  readonly paymentId: string;
  readonly sessionId: string;
  readonly url: string | null;
  readonly expiresAt: Date;
};

/**
 * Keeps the sessions that Stripe made for payments that still wait without one.
 * @throws NotAllAlike when some do not; those that do have theirs all the same.
 */
export async function storeSessions(db: DbOrTx, sessions: readonly Session[]): Promise<void> {
  const { table, of } = jsonRows(
    'made',
    { payment: 'id', session: 'text', url: 'text', expires: 'int' },
    inOrder(sessions).map(({ paymentId, sessionId, url, expiresAt }) => ({
      payment: paymentId,
      session: sessionId,
      url,
      expires: Math.floor(expiresAt.getTime() / 1000),
    })),
  );
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN payments ON payments.payment_id = ${of('payment')}
    SET payments.checkout_session_id = ${of('session')}, payments.checkout_url = ${of('url')},
        payments.session_expires_at = FROM_UNIXTIME(${of('expires')}), payments.last_error = NULL,
        payments.updated_at = UTC_TIMESTAMP(3)
    WHERE payments.payment_status = 'pending' AND payments.checkout_session_id IS NULL
  `.execute(db);
  NotAllAlike.unless(Number(numAffectedRows), sessions.length, 'payments');
}

export type Capture = {
  readonly paymentId: string;
  readonly sessionId: string;
  readonly transactionId: string;
  /** In minor units. */
  readonly amount: number;
};

/**
 * Moves payments that wait for money to `paid`, as Stripe has said.
 * @throws NotAllAlike when some do not wait (any more); those that did are moved all the same.
 */
export async function capturePayments(db: DbOrTx, captures: readonly Capture[]): Promise<void> {
  const { table, of } = jsonRows(
    'capture',
    { payment: 'id', session: 'text', transaction: 'text', amount: 'int' },
    inOrder(captures).map(({ paymentId, sessionId, transactionId, amount }) => ({
      payment: paymentId,
      session: sessionId,
      transaction: transactionId,
      amount,
    })),
  );
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN payments ON payments.payment_id = ${of('payment')}
    SET payments.payment_status = 'paid', payments.checkout_session_id = ${of('session')},
        payments.transaction_id = ${of('transaction')}, payments.captured_amount = ${of('amount')},
        payments.captured_at = UTC_TIMESTAMP(3), payments.updated_at = UTC_TIMESTAMP(3)
    WHERE payments.payment_status = 'pending'
  `.execute(db);
  NotAllAlike.unless(Number(numAffectedRows), captures.length, 'payments');
}

/** Two lots that meet come to the rows in one order. */
function inOrder<Item extends { readonly paymentId: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (a.paymentId < b.paymentId ? -1 : 1));
}
