import type { Resources } from '../resources.ts';
import { callStripe } from './stripe-call.ts';

export type DisputeFacts = {
  readonly disputeId: string;
  readonly transactionId: string | null;
  /** Stripe's word: `needs_response`, `under_review`, `won`, `lost`, `warning_...`. */
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string | null;
};

/** @throws StripeFailure */
export async function retrieveDispute(resources: Resources, disputeId: string): Promise<DisputeFacts> {
  const dispute = await callStripe(
    resources,
    { endpoint: 'disputes.retrieve', expects: 'dispute' },
    (stripe) => stripe.disputes.retrieve(disputeId),
  );
  const intent = dispute.payment_intent;
  return {
    disputeId: dispute.id,
    transactionId: intent === null || typeof intent === 'string' ? intent : intent.id,
    status: dispute.status,
    amount: dispute.amount,
    currency: dispute.currency.toUpperCase(),
    reason: dispute.reason,
  };
}
