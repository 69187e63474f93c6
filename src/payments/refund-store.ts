import { sql } from 'kysely';
import type { RefundRow, RefundStatus } from '../../db/schema.ts';
import { fromBytes, toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW, type Tx, isDuplicate, nowPlusMs } from '../platform/mysql.ts';
import type { RefundSums } from './payment.ts';

export type Refund = {
  readonly refundId: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly idempotencyKey: string;
  readonly stripeRefundId: string | null;
  readonly status: RefundStatus;
  readonly tries: number;
};

export type NewRefund = Omit<Refund, 'tries'> & { readonly dedupeKey: string };

const ERROR_TEXT_MAX = 500;
/** The longest that a refund on its way is not asked after. */
const SILENT_MS_MAX = 60 * 60_000;

/** false when a refund with the same cause, or the same refund of Stripe, is there already. */
export async function insertRefund(tx: Tx, refund: NewRefund): Promise<boolean> {
  try {
    await tx
      .insertInto('refunds')
      .values({
        refund_id: toBytes(refund.refundId),
        payment_id: toBytes(refund.paymentId),
        amount: refund.amount,
        currency: refund.currency,
        reason: refund.reason,
        dedupe_key: refund.dedupeKey,
        idempotency_key: refund.idempotencyKey,
        stripe_refund_id: refund.stripeRefundId,
        status: refund.status,
        next_try_at: NOW,
        created_at: NOW,
        updated_at: NOW,
      })
      .execute();
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export async function findRefund(db: DbOrTx, refundId: string): Promise<Refund | null> {
  return toRefund(
    await db.selectFrom('refunds').selectAll().where('refund_id', '=', toBytes(refundId)).executeTakeFirst(),
  );
}

export async function listRefundsOfPayment(db: DbOrTx, paymentId: string): Promise<Refund[]> {
  const rows = await db
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', toBytes(paymentId))
    .orderBy('refund_id')
    .execute();
  return rows.flatMap((row) => toRefund(row) ?? []);
}

/** Refunds that are to be sent now, oldest first. */
export async function listDueRefunds(db: DbOrTx, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('refunds')
    .select('refund_id')
    .where('status', '=', 'requested')
    .where('next_try_at', '<=', NOW)
    .orderBy('next_try_at')
    .limit(limit)
    .execute();
  return rows.map((row) => fromBytes(row.refund_id));
}

/**
 * Payments with a refund on its way at Stripe of which nothing was heard for a while, the longest first: at least
 * `silentMsMin`, and half of the time that lay between its request and when it was last heard of or asked after.
 */
export async function listPaymentsWithSilentRefunds(
  db: DbOrTx,
  silentMsMin: number,
  limit: number,
): Promise<string[]> {
  const waited = sql`TIMESTAMPDIFF(MICROSECOND, created_at, next_try_at)`;
  const silentFor = sql`LEAST(${SILENT_MS_MAX * 1000}, ${waited} DIV 2)`;
  const rows = await db
    .selectFrom('refunds')
    .select('payment_id')
    .where('status', 'in', ['pending', 'requires_action'])
    .where('next_try_at', '<=', nowPlusMs(-silentMsMin))
    .where('next_try_at', '<=', sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${silentFor} MICROSECOND`)
    .groupBy('payment_id')
    .orderBy(sql`MIN(next_try_at)`)
    .limit(limit)
    .execute();
  return rows.map((row) => fromBytes(row.payment_id));
}

/** Puts off the next look at a payment's refunds that are on their way. */
export async function touchOpenRefunds(db: DbOrTx, paymentId: string): Promise<void> {
  await db
    .updateTable('refunds')
    .set({ next_try_at: NOW })
    .where('payment_id', '=', toBytes(paymentId))
    .where('status', 'in', ['pending', 'requires_action'])
    .execute();
}

/** Takes the right to send a due refund, for so long; false when another has it, or it is not due. */
export async function claimRefund(db: DbOrTx, refundId: string, leaseMs: number): Promise<boolean> {
  const result = await db
    .updateTable('refunds')
    .set({ next_try_at: nowPlusMs(leaseMs) })
    .where('refund_id', '=', toBytes(refundId))
    .where('status', '=', 'requested')
    .where('next_try_at', '<=', NOW)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** A try failed: it is due again later; with `idempotencyKey`, under a new key. */
export async function putOffRefund(
  db: DbOrTx,
  refund: { refundId: string; waitMs: number; reason: string; idempotencyKey?: string },
): Promise<void> {
  await db
    .updateTable('refunds')
    .set((row) => ({
      tries: row('tries', '+', 1),
      next_try_at: nowPlusMs(refund.waitMs),
      last_error: refund.reason.slice(0, ERROR_TEXT_MAX),
      updated_at: NOW,
      ...(refund.idempotencyKey === undefined ? {} : { idempotency_key: refund.idempotencyKey }),
    }))
    .where('refund_id', '=', toBytes(refund.refundId))
    .where('status', '=', 'requested')
    .execute();
}

/** Writes what Stripe says of a refund. */
export async function updateRefund(
  tx: Tx,
  refund: { refundId: string; status: RefundStatus; stripeRefundId?: string; reason?: string },
): Promise<void> {
  await tx
    .updateTable('refunds')
    .set({
      status: refund.status,
      next_try_at: NOW,
      updated_at: NOW,
      ...(refund.stripeRefundId === undefined ? {} : { stripe_refund_id: refund.stripeRefundId }),
      ...(refund.reason === undefined ? {} : { last_error: refund.reason.slice(0, ERROR_TEXT_MAX) }),
    })
    .where('refund_id', '=', toBytes(refund.refundId))
    .execute();
}

/** What a payment's refunds come to. */
export async function sumRefunds(tx: Tx, paymentId: string): Promise<RefundSums & { failedCount: number }> {
  const refunds = await listRefundsOfPayment(tx, paymentId);
  const sum = (statuses: readonly RefundStatus[]) =>
    refunds
      .filter((refund) => statuses.includes(refund.status))
      .reduce((total, refund) => total + refund.amount, 0);
  return {
    open: sum(['requested', 'pending', 'requires_action']),
    succeeded: sum(['succeeded']),
    failedCount: refunds.filter((refund) => refund.status === 'failed').length,
  };
}

function toRefund(row: RefundRow | undefined): Refund | null {
  if (row === undefined) return null;
  return {
    refundId: fromBytes(row.refund_id),
    paymentId: fromBytes(row.payment_id),
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    idempotencyKey: row.idempotency_key,
    stripeRefundId: row.stripe_refund_id,
    status: row.status,
    tries: row.tries,
  };
}
