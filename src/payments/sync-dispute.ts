import type { Resources } from '../resources.ts';
import { upsertDispute } from './dispute-store.ts';
import { clearFlag, findPaymentByTransaction, flagPayment } from './payment-store.ts';
import { retrieveDispute } from './stripe-disputes.ts';

const SETTLED_FOR_US: ReadonlySet<string> = new Set(['won', 'warning_closed', 'prevented']);

/**
 * Keeps what Stripe says of a dispute, and flags the payment until it is decided for us. Seats stay sold: whether a
 * disputed ticket is let in is a person's decision. false when the money was not ours. @throws StripeFailure
 */
export async function syncDispute(resources: Resources, disputeId: string): Promise<boolean> {
  const { db, log } = resources;
  const dispute = await retrieveDispute(resources, disputeId);
  const payment =
    dispute.transactionId === null ? null : await findPaymentByTransaction(db, dispute.transactionId);
  await upsertDispute(db, dispute, payment?.paymentId ?? null);
  if (payment === null) return false;
  log.warn({ paymentId: payment.paymentId, disputeId, status: dispute.status }, 'payment.disputed');
  if (SETTLED_FOR_US.has(dispute.status)) await clearFlag(db, payment.paymentId, 'disputed');
  else await flagPayment(db, payment.paymentId, 'disputed');
  return true;
}
