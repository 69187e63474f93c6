import { sql } from 'kysely';
import { z } from 'zod';
import type { PaymentRow, PaymentStatus, PaymentsTable } from '../../db/schema.ts';
import { type PaymentId, fromBytes, toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW, type Tx, nowPlusMs } from '../platform/mysql.ts';
import { type PaymentFlag, assertPaymentTransition } from './payment.ts';
import type { SessionRequest } from './stripe-sessions.ts';

export type Payment = {
  readonly paymentId: PaymentId;
  readonly eventId: string;
  readonly holdId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  /** Stripe's PaymentIntent. */
  readonly transactionId: string | null;
  readonly sessionId: string | null;
  readonly url: string | null;
  readonly sessionExpiresAt: Date | null;
  readonly idempotencyKey: string;
  /** The request to Stripe; null for an order that is free of charge, or a session that we did not ask for. */
  readonly request: SessionRequest | null;
  /** What the payment is for: its owner's words, kept and never read here. */
  readonly order: unknown;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
  readonly fulfilledAt: Date | null;
  readonly flag: string | null;
  readonly tries: number;
  readonly createdAt: Date;
  /** When Stripe was last asked, or, while there is no session, when its turn comes. */
  readonly checkedAt: Date | null;
};

/** What names a payment, and never changes of it. */
export type PaymentKey = Pick<Payment, 'paymentId' | 'eventId' | 'holdId' | 'userId'>;

export type NewPayment = Pick<
  Payment,
  | 'paymentId'
  | 'eventId'
  | 'holdId'
  | 'userId'
  | 'amount'
  | 'currency'
  | 'idempotencyKey'
  | 'request'
  | 'order'
>;

const Frozen = z.object({ request: z.custom<SessionRequest>().nullable(), order: z.unknown() });
const ERROR_TEXT_MAX = 500;

/** @throws a duplicate of the key `one_live_payment_per_hold` when any of the holds has a payment that waits for money. */
export async function insertPayments(tx: Tx, payments: readonly NewPayment[]): Promise<void> {
  await tx
    .insertInto('payments')
    .values(
      payments.map((payment) => ({
        payment_id: toBytes(payment.paymentId),
        event_id: toBytes(payment.eventId),
        hold_id: toBytes(payment.holdId),
        user_id: toBytes(payment.userId),
        amount: payment.amount,
        currency: payment.currency,
        payment_status: 'pending' as const,
        idempotency_key: payment.idempotencyKey,
        request_json: JSON.stringify({ request: payment.request, order: payment.order }),
        created_at: NOW,
        updated_at: NOW,
      })),
    )
    .execute();
}

export async function findPayment(db: DbOrTx, paymentId: string): Promise<Payment | null> {
  const query = db.selectFrom('payments').selectAll().where('payment_id', '=', toBytes(paymentId));
  return firstOf(await query.execute());
}

/** The payment, locked until the transaction ends; its hold, if needed, must be locked before. */
export async function lockPayment(tx: Tx, paymentId: string): Promise<Payment | null> {
  const query = tx.selectFrom('payments').selectAll().where('payment_id', '=', toBytes(paymentId));
  return firstOf(await query.forUpdate().execute());
}

/** By session; a session that no payment knows is left out. */
export async function listPaymentsBySession(
  db: DbOrTx,
  sessionIds: readonly string[],
): Promise<Map<string, Payment>> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('checkout_session_id', 'in', [...sessionIds])
    .execute();
  return new Map(rows.map((row) => [row.checkout_session_id ?? '', toPayment(row)]));
}

export async function findPaymentByTransaction(db: DbOrTx, transactionId: string): Promise<Payment | null> {
  const query = db.selectFrom('payments').selectAll().where('transaction_id', '=', transactionId);
  return firstOf(await query.execute());
}

/** All payments that were begun for a hold, oldest first. */
export async function listPaymentsOfHold(
  db: DbOrTx,
  hold: { eventId: string; holdId: string },
): Promise<Payment[]> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('event_id', '=', toBytes(hold.eventId))
    .where('hold_id', '=', toBytes(hold.holdId))
    .orderBy('payment_id')
    .execute();
  return rows.map(toPayment);
}

/** The payment of the hold that waits for the buyer's money. */
export async function findLivePayment(
  db: DbOrTx,
  hold: { eventId: string; holdId: string },
): Promise<Payment | null> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('event_id', '=', toBytes(hold.eventId))
    .where('hold_id', '=', toBytes(hold.holdId))
    .where('live_slot', '=', 1)
    .execute();
  return firstOf(rows);
}

type Settable = Partial<
  Pick<PaymentsTable, 'transaction_id' | 'last_error'> & {
    checkout_session_id: string;
    captured_amount: number;
    flag: PaymentFlag | null;
    captured_at: Date | typeof NOW;
    fulfilled_at: Date | typeof NOW | null;
    refunded_amount: number;
  }
>;

/** Moves the payment along its table; false when it is in none of the states named. */
export async function movePayment(
  db: DbOrTx,
  move: { paymentId: string; from: readonly PaymentStatus[]; to: PaymentStatus; set?: Settable },
): Promise<boolean> {
  assertPaymentTransition(move.from, move.to);
  const result = await db
    .updateTable('payments')
    .set({ ...move.set, payment_status: move.to, updated_at: NOW })
    .where('payment_id', '=', toBytes(move.paymentId))
    .where('payment_status', 'in', [...move.from])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Keeps the session that Stripe made for a payment that still waits without one. */
export async function storeSession(
  db: DbOrTx,
  session: { paymentId: string; sessionId: string; url: string | null; expiresAt: Date },
): Promise<boolean> {
  const result = await db
    .updateTable('payments')
    .set({
      checkout_session_id: session.sessionId,
      checkout_url: session.url,
      session_expires_at: session.expiresAt,
      last_error: null,
      updated_at: NOW,
    })
    .where('payment_id', '=', toBytes(session.paymentId))
    .where('payment_status', '=', 'pending')
    .where((where) =>
      where.or([
        where('checkout_session_id', 'is', null),
        where('checkout_session_id', '=', session.sessionId),
      ]),
    )
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** The captured money became bookings or refunds, or there was none to act on: nothing is left to do. */
export async function markFulfilled(tx: Tx, paymentIds: readonly string[]): Promise<void> {
  await tx
    .updateTable('payments')
    .set({ fulfilled_at: NOW, updated_at: NOW })
    .where('payment_id', 'in', paymentIds.map(toBytes))
    .where('fulfilled_at', 'is', null)
    .execute();
}

export async function flagPayment(db: DbOrTx, paymentId: string, flag: PaymentFlag | null): Promise<void> {
  await db
    .updateTable('payments')
    .set({ flag, updated_at: NOW })
    .where('payment_id', '=', toBytes(paymentId))
    .execute();
}

/** Takes away a flag that no longer holds; another's stays. */
export async function clearFlag(db: DbOrTx, paymentId: string, flag: PaymentFlag): Promise<void> {
  await db
    .updateTable('payments')
    .set({ flag: null, updated_at: NOW })
    .where('payment_id', '=', toBytes(paymentId))
    .where('flag', '=', flag)
    .execute();
}

export async function setRefundedAmount(tx: Tx, paymentId: string, refundedAmount: number): Promise<void> {
  await tx
    .updateTable('payments')
    .set({ refunded_amount: refundedAmount, updated_at: NOW })
    .where('payment_id', '=', toBytes(paymentId))
    .execute();
}

export async function noteFailedTry(db: DbOrTx, paymentId: string, reason: string): Promise<void> {
  await db
    .updateTable('payments')
    .set((row) => ({ tries: row('tries', '+', 1), last_error: reason.slice(0, ERROR_TEXT_MAX) }))
    .where('payment_id', '=', toBytes(paymentId))
    .execute();
}

/** Takes the right to ask Stripe about this payment now; false when someone did within the last `everyMs`. */
export async function claimCheck(db: DbOrTx, paymentId: string, everyMs: number): Promise<boolean> {
  const result = await db
    .updateTable('payments')
    .set({ checked_at: NOW })
    .where('payment_id', '=', toBytes(paymentId))
    .where((where) => where.or([where('checked_at', 'is', null), where('checked_at', '<=', agoMs(everyMs))]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Notes when the session's turn comes in Stripe's rate; until then nobody needs to ask after it. */
export async function noteTurn(db: DbOrTx, paymentId: string, waitMs: number): Promise<void> {
  await db
    .updateTable('payments')
    .set({ checked_at: nowPlusMs(waitMs) })
    .where('payment_id', '=', toBytes(paymentId))
    .where('payment_status', '=', 'pending')
    .where('checkout_session_id', 'is', null)
    .execute();
}

/** Payments that wait for money and were not asked after for so long, the longest first. */
export async function listSilentPayments(db: DbOrTx, silentMs: number, limit: number): Promise<Payment[]> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('payment_status', '=', 'pending')
    .where(sql<boolean>`COALESCE(checked_at, created_at) <= ${agoMs(silentMs)}`)
    .orderBy(sql`COALESCE(checked_at, created_at)`)
    .limit(limit)
    .execute();
  return rows.map(toPayment);
}

/** Payments on which Stripe has spoken, and nobody has acted for so long. */
export async function listUnfulfilledPayments(
  db: DbOrTx,
  unfulfilledMs: number,
  limit: number,
): Promise<PaymentKey[]> {
  const rows = await db
    .selectFrom('payments')
    .select(['payment_id', 'event_id', 'hold_id', 'user_id'])
    .where('payment_status', 'in', ['paid', 'refunding', 'refunded', 'failed', 'expired'])
    .where('fulfilled_at', 'is', null)
    .where('updated_at', '<=', agoMs(unfulfilledMs))
    .orderBy('updated_at')
    .limit(limit)
    .execute();
  return rows.map(toPaymentKey);
}

function agoMs(ms: number) {
  return sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${Math.round(ms) * 1000} MICROSECOND`;
}

function firstOf(rows: readonly PaymentRow[]): Payment | null {
  return rows[0] === undefined ? null : toPayment(rows[0]);
}

export function toPayment(row: PaymentRow): Payment {
  const { request, order } = Frozen.parse(JSON.parse(row.request_json));
  return {
    ...toPaymentKey(row),
    amount: row.amount,
    currency: row.currency,
    status: row.payment_status,
    transactionId: row.transaction_id,
    sessionId: row.checkout_session_id,
    url: row.checkout_url,
    sessionExpiresAt: row.session_expires_at,
    idempotencyKey: row.idempotency_key,
    request,
    order,
    capturedAmount: row.captured_amount,
    refundedAmount: row.refunded_amount,
    fulfilledAt: row.fulfilled_at,
    flag: row.flag,
    tries: row.tries,
    createdAt: row.created_at,
    checkedAt: row.checked_at,
  };
}

function toPaymentKey(row: Pick<PaymentRow, 'payment_id' | 'event_id' | 'hold_id' | 'user_id'>): PaymentKey {
  return {
    paymentId: fromBytes(row.payment_id),
    eventId: fromBytes(row.event_id),
    holdId: fromBytes(row.hold_id),
    userId: fromBytes(row.user_id),
  };
}
