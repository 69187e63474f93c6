import { crashPoint } from '../platform/crash-point.ts';
import { newId } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { REFUND_REQUESTED } from './jobs.ts';
import { type PaymentFlag, statusAfterRefunds } from './payment.ts';
import {
  type Payment,
  clearFlag,
  flagPayment,
  lockPayment,
  movePayment,
  setRefundedAmount,
} from './payment-store.ts';
import { insertRefund, sumRefunds } from './refund-store.ts';

export type RefundRequest = {
  /** At most this much, in minor units; what was refunded already is never refunded again. */
  readonly amount: number;
  readonly reason: string;
  /** The cause: the same cause asks once, however often it is told. */
  readonly dedupeKey: string;
};

/**
 * Writes a refund into the outbox, in the transaction that decides on it, and returns its id; null when the cause was
 * told before, or nothing is left to refund. The payment must be locked by `tx`. Send it after the commit with
 * `sendRefundSoon`; if that is lost, the sweep of the outbox sends it.
 */
export async function requestRefund(
  tx: Tx,
  payment: Payment,
  request: RefundRequest,
): Promise<string | null> {
  const sums = await sumRefunds(tx, payment.paymentId);
  const amount = Math.min(request.amount, payment.capturedAmount - sums.open - sums.succeeded);
  if (amount <= 0) return null;
  const refundId = newId();
  const isNew = await insertRefund(tx, {
    refundId,
    paymentId: payment.paymentId,
    amount,
    currency: payment.currency,
    reason: request.reason,
    dedupeKey: request.dedupeKey,
    idempotencyKey: `re:${refundId}`,
    stripeRefundId: null,
    status: 'requested',
  });
  if (!isNew) return null;
  await movePayment(tx, { paymentId: payment.paymentId, from: ['paid', 'refunded'], to: 'refunding' });
  return refundId;
}

/** Queues the sending; the row in the outbox is what counts, so a Redis that is away only delays it. */
export async function sendRefundSoon(resources: Resources, refundId: string): Promise<void> {
  try {
    await resources.queues.add(REFUND_REQUESTED, { refundId }, { jobId: `refund-${refundId}` });
    crashPoint('refund.queued');
  } catch (error) {
    resources.log.warn({ refundId, err: error }, 'refund.not-queued');
  }
}

/** The states in which there is, or was, money to give back. */
const HAS_MONEY: ReadonlySet<string> = new Set(['paid', 'refunding', 'refunded']);

/** Brings the payment's state in line with its refunds. Locks the payment. */
export async function recountRefunds(tx: Tx, paymentId: string): Promise<void> {
  const payment = await lockPayment(tx, paymentId);
  if (payment === null || !HAS_MONEY.has(payment.status)) return;
  const sums = await sumRefunds(tx, paymentId);
  const to = statusAfterRefunds(payment.capturedAmount, sums);
  if (payment.status !== to) await movePayment(tx, { paymentId, from: [payment.status], to });
  await setRefundedAmount(tx, paymentId, sums.succeeded);
  const flag: PaymentFlag = 'refund_failed';
  if (sums.failedCount > 0 && payment.flag === null && to !== 'refunded')
    await flagPayment(tx, paymentId, flag);
  if (to === 'refunded') await clearFlag(tx, paymentId, flag);
}
