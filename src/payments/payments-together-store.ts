import { sql } from 'kysely';
import type { PaymentRow } from '../../db/schema.ts';
import { fromBytes, toBytes } from '../platform/id.ts';
import { jsonRows } from '../platform/json-rows.ts';
import type { DbOrTx, Tx } from '../platform/mysql.ts';
import { type Payment, toPayment } from './payment-store.ts';

/**
 * Those of the payments that are the only ones of their holds, by id, locked until the transaction ends; those that
 * another transaction has locked are left out. The holds must be locked, so that they get no other meanwhile.
 */
export async function lockOnlyPayments(
  tx: Tx,
  keys: readonly { readonly paymentId: string }[],
): Promise<Map<string, Payment>> {
  const { table, of } = jsonRows('one', { paymentId: 'id' }, keys);
  const { rows } = await sql<PaymentRow & { of_hold: number }>`
    SELECT payments.*, (
      SELECT COUNT(*) FROM payments AS others FORCE INDEX (one_live_payment_per_hold)
      WHERE others.event_id = payments.event_id AND others.hold_id = payments.hold_id
    ) AS of_hold
    FROM ${table} STRAIGHT_JOIN ${BY_KEY} ON payments.payment_id = ${of('paymentId')}
    FOR UPDATE SKIP LOCKED
  `.execute(tx);
  const only = rows.filter((row) => row.of_hold === 1).map(toPayment);
  return new Map(only.map((payment) => [payment.paymentId, payment]));
}

/** Of a table that is still small all rows would be read, and locked. */
const BY_KEY = sql`payments FORCE INDEX (PRIMARY)`;

export type Session = {
  readonly paymentId: string;
  readonly sessionId: string;
  readonly url: string | null;
  readonly expiresAt: Date;
};

/** Keeps the sessions that Stripe made for payments that still wait without one; returns whether each has its own now. */
export async function storeSessions(db: DbOrTx, sessions: readonly Session[]): Promise<boolean[]> {
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
    UPDATE ${table} STRAIGHT_JOIN ${BY_KEY} ON payments.payment_id = ${of('payment')}
    SET payments.checkout_session_id = ${of('session')}, payments.checkout_url = ${of('url')},
        payments.session_expires_at = FROM_UNIXTIME(${of('expires')}), payments.last_error = NULL,
        payments.updated_at = UTC_TIMESTAMP(3)
    WHERE payments.payment_status = 'pending' AND payments.checkout_session_id IS NULL
  `.execute(db);
  if (Number(numAffectedRows) === sessions.length) return sessions.map(() => true);
  const found = await listStates(db, sessions);
  return sessions.map(({ paymentId, sessionId }) => {
    const row = found.get(paymentId);
    return row?.payment_status === 'pending' && row.checkout_session_id === sessionId;
  });
}

export type Capture = {
  readonly paymentId: string;
  readonly sessionId: string;
  readonly transactionId: string;
  /** In minor units. */
  readonly amount: number;
};

/**
 * Moves payments that wait for money to `paid`, as Stripe has said; returns whether each is paid so now, be it by another
 * process that was told the same.
 */
export async function capturePayments(db: DbOrTx, captures: readonly Capture[]): Promise<boolean[]> {
  const { table, of } = jsonRows(
    'capture',
    { paymentId: 'id', sessionId: 'text', transactionId: 'text', amount: 'int' },
    inOrder(captures),
  );
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN ${BY_KEY} ON payments.payment_id = ${of('paymentId')}
    SET payments.payment_status = 'paid', payments.checkout_session_id = ${of('sessionId')},
        payments.transaction_id = ${of('transactionId')}, payments.captured_amount = ${of('amount')},
        payments.captured_at = UTC_TIMESTAMP(3), payments.updated_at = UTC_TIMESTAMP(3)
    WHERE payments.payment_status = 'pending'
  `.execute(db);
  if (Number(numAffectedRows) === captures.length) return captures.map(() => true);
  const found = await listStates(db, captures);
  return captures.map(({ paymentId, transactionId }) => {
    const row = found.get(paymentId);
    return row?.payment_status === 'paid' && row.transaction_id === transactionId;
  });
}

async function listStates(db: DbOrTx, payments: readonly { readonly paymentId: string }[]) {
  const rows = await db
    .selectFrom('payments')
    .select(['payment_id', 'payment_status', 'checkout_session_id', 'transaction_id'])
    .where(
      'payment_id',
      'in',
      payments.map(({ paymentId }) => toBytes(paymentId)),
    )
    .execute();
  return new Map(rows.map((row) => [fromBytes(row.payment_id) as string, row]));
}

/** Two lots that meet come to the rows in one order. */
function inOrder<Item extends { readonly paymentId: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (a.paymentId < b.paymentId ? -1 : 1));
}
