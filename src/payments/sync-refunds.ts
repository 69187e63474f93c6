import { newId } from '../platform/id.ts';
import { type Tx, inTransaction, retryRolledBack } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { type Payment, findPayment, flagPayment, lockPayment } from './payment-store.ts';
import { recountRefunds } from './refund-payment.ts';
import {
  insertRefund,
  listPaymentsWithSilentRefunds,
  listRefundsOfPayment,
  touchOpenRefunds,
  updateRefund,
} from './refund-store.ts';
import { StripeFailure } from './stripe-failure.ts';
import { type RefundFacts, listRefunds } from './stripe-refunds.ts';

/** Of the time in which a refund's job is given to another: Stripe's webhook comes within seconds, if it comes. */
const SILENT_RECOVERIES = 6;
const PAYMENTS_PER_RUN = 20;

/**
 * Asks Stripe about refunds of which it has said nothing for long; one that does not answer is put off like the others. A
 * refund may be on its way for days, so each is asked after again when half as much time has passed as lay between its
 * request and the last look, and at least every hour.
 */
export async function syncPendingRefunds(resources: Resources): Promise<{ synced: number; failed: number }> {
  const counts = { synced: 0, failed: 0 };
  for (const paymentId of await listPaymentsWithSilentRefunds(
    resources.db,
    SILENT_RECOVERIES * resources.config.recoveryMs,
    PAYMENTS_PER_RUN,
  )) {
    try {
      await syncRefundsOfPayment(resources, paymentId);
      counts.synced += 1;
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
      counts.failed += 1;
    }
    await retryRolledBack(() => touchOpenRefunds(resources.db, paymentId));
  }
  return counts;
}

/**
 * Makes the refunds of a payment what Stripe lists: ours, and those that someone made in Stripe's dashboard.
 * @throws StripeFailure
 */
export async function syncRefundsOfPayment(resources: Resources, paymentId: string): Promise<void> {
  const payment = await findPayment(resources.db, paymentId);
  if (payment === null || payment.transactionId === null) return;
  const listed = await listRefunds(resources, payment.transactionId);
  await inTransaction(resources.db, async (tx) => {
    const locked = await lockPayment(tx, paymentId);
    if (locked === null) return;
    let hasOutside = false;
    for (const facts of listed) hasOutside = (await keepRefund(tx, locked, facts)) || hasOutside;
    if (hasOutside && locked.flag === null) await flagPayment(tx, paymentId, 'refunded_outside');
    await recountRefunds(tx, paymentId);
  });
}

/** true when it was made outside and not known before. */
async function keepRefund(tx: Tx, payment: Payment, facts: RefundFacts): Promise<boolean> {
  const ours = await listRefundsOfPayment(tx, payment.paymentId);
  const known = ours.find(
    (refund) => refund.stripeRefundId === facts.stripeRefundId || refund.refundId === facts.refundId,
  );
  if (known !== undefined) {
    const isNews = known.status !== facts.status || known.stripeRefundId === null;
    if (isNews)
      await updateRefund(tx, {
        refundId: known.refundId,
        status: facts.status,
        stripeRefundId: facts.stripeRefundId,
      });
    return false;
  }
  return insertRefund(tx, {
    refundId: newId(),
    paymentId: payment.paymentId,
    amount: facts.amount,
    currency: facts.currency,
    reason: 'outside',
    dedupeKey: `stripe:${facts.stripeRefundId}`,
    idempotencyKey: `stripe:${facts.stripeRefundId}`,
    stripeRefundId: facts.stripeRefundId,
    status: facts.status,
  });
}
