import { crashPoint } from '../platform/crash-point.ts';
import { inTransaction, retryRolledBack } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { findPayment } from './payment-store.ts';
import { recountRefunds } from './refund-payment.ts';
import {
  type Refund,
  claimRefund,
  findRefund,
  listDueRefunds,
  putOffRefund,
  updateRefund,
} from './refund-store.ts';
import { StripeFailure } from './stripe-failure.ts';
import { createRefund, listRefunds, type RefundFacts } from './stripe-refunds.ts';
import { syncRefundsOfPayment } from './sync-refunds.ts';

const REFUNDS_PER_RUN = 50;
/** In recovery times: longer than one try can take; a sender that died is replaced after it. */
const LEASE_RECOVERIES = 6;
const BACKOFF_MS = 2_000;
const BACKOFF_MS_MAX = 60 * 60_000;
/** Stripe refuses refunds while a dispute is open. */
const DISPUTE_WAIT_MS = 6 * 60 * 60_000;

export type RefundSending = 'sent' | 'later' | 'failed' | 'not_due';

/** Sends the refunds that are due, a batch of them. Two that run at once send each refund once. */
export async function sendDueRefunds(resources: Resources): Promise<Record<RefundSending, number>> {
  const counts = { sent: 0, later: 0, failed: 0, not_due: 0 };
  for (const refundId of await listDueRefunds(resources.db, REFUNDS_PER_RUN)) {
    try {
      counts[await sendRefund(resources, refundId)] += 1;
    } catch (error) {
      // One refund that can not be sent must not keep the others from it; its lease puts it off.
      resources.log.error({ refundId, err: error }, 'refund.not-sent');
      counts.failed += 1;
    }
  }
  return counts;
}

/**
 * Sends one refund of the outbox, if it is due. Before any try but the first Stripe is asked whether an earlier try
 * got through, since Stripe forgets idempotency keys after a day, and remembers its own failures under them.
 */
export async function sendRefund(resources: Resources, refundId: string): Promise<RefundSending> {
  const leaseMs = resources.config.recoveryMs * LEASE_RECOVERIES;
  if (!(await retryRolledBack(() => claimRefund(resources.db, refundId, leaseMs)))) return 'not_due';
  const refund = await findRefund(resources.db, refundId);
  const payment = refund === null ? null : await findPayment(resources.db, refund.paymentId);
  if (refund === null || payment === null || payment.transactionId === null)
    throw new Error(`The refund ${refundId} has no money to give back.`);
  const { transactionId } = payment;
  crashPoint('refund.leased');
  try {
    const earlier =
      refund.tries === 0
        ? undefined
        : (await listRefunds(resources, transactionId)).find((facts) => facts.refundId === refundId);
    await keepFacts(
      resources,
      refund,
      earlier ?? (await createRefund(resources, { ...refund, transactionId })),
    );
    return 'sent';
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    return settleFailure(resources, refund, error);
  }
}

async function keepFacts(resources: Resources, refund: Refund, facts: RefundFacts): Promise<void> {
  const { refundId, paymentId } = refund;
  crashPoint('refund.sent');
  await inTransaction(resources.db, async (tx) => {
    await updateRefund(tx, { refundId, status: facts.status, stripeRefundId: facts.stripeRefundId });
    await recountRefunds(tx, paymentId);
  });
  crashPoint('refund.noted');
  resources.log.info({ refundId, paymentId, amount: facts.amount, status: facts.status }, 'refund.sent');
}

async function settleFailure(
  resources: Resources,
  refund: Refund,
  failure: StripeFailure,
): Promise<RefundSending> {
  const { refundId, paymentId, tries } = refund;
  const reason = `${failure.kind}: ${failure.message}`;
  if (failure.isTransient || failure.code === 'charge_disputed') {
    const waitMs = failure.isTransient
      ? Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** Math.min(tries, 20))
      : DISPUTE_WAIT_MS;
    // A failure of Stripe's own is kept under the key; the next try, which first looks for this one's effect, takes another.
    const renewed = failure.kind === 'server_error' ? { idempotencyKey: `re:${refundId}:${tries + 1}` } : {};
    await retryRolledBack(() => putOffRefund(resources.db, { refundId, waitMs, reason, ...renewed }));
    return 'later';
  }
  resources.log.error({ refundId, paymentId, code: failure.code, reason }, 'refund.refused');
  const status = failure.code === 'charge_already_refunded' ? 'canceled' : 'failed';
  await inTransaction(resources.db, async (tx) => {
    await updateRefund(tx, { refundId, status, reason });
    await recountRefunds(tx, paymentId);
  });
  // The money went back by another way than ours: what Stripe lists is what counts.
  if (status === 'canceled') await syncRefundsOfPayment(resources, paymentId);
  return 'failed';
}
