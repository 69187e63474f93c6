import type Stripe from 'stripe';
import { z } from 'zod';
import type { RefundStatus } from '../../db/schema.ts';
import { UUID_PATTERN } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { callStripe } from './stripe-call.ts';

export type RefundFacts = {
  readonly stripeRefundId: string;
  /** Our refund, as the metadata names it; null for one that was made outside (Stripe's dashboard). */
  readonly refundId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: Exclude<RefundStatus, 'requested'>;
};

/** Stripe's longest page; a payment has far fewer refunds, since it has at most 100 seats. */
const REFUNDS_LISTED_MAX = 100;

/** @throws StripeFailure */
export async function createRefund(
  resources: Resources,
  refund: {
    refundId: string;
    paymentId: string;
    transactionId: string;
    amount: number;
    idempotencyKey: string;
  },
): Promise<RefundFacts> {
  const { refundId, paymentId, transactionId, amount, idempotencyKey } = refund;
  const created = await callStripe(resources, { endpoint: 'refunds.create', expects: 'refund' }, (stripe) =>
    stripe.refunds.create(
      { payment_intent: transactionId, amount, metadata: { refund_id: refundId, payment_id: paymentId } },
      { idempotencyKey },
    ),
  );
  return factsOf(created);
}

/** All refunds of a payment that Stripe knows, ours and others'. @throws StripeFailure */
export async function listRefunds(resources: Resources, transactionId: string): Promise<RefundFacts[]> {
  const list = await callStripe(resources, { endpoint: 'refunds.list', expects: 'list' }, (stripe) =>
    stripe.refunds.list({ payment_intent: transactionId, limit: REFUNDS_LISTED_MAX }),
  );
  return list.data.map(factsOf);
}

const RefundShape = z.object({
  id: z.string().min(1),
  object: z.literal('refund'),
  amount: z.int(),
  currency: z.string(),
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  metadata: z.record(z.string(), z.string()).nullable(),
});

function factsOf(refund: Stripe.Refund): RefundFacts {
  const parsed = RefundShape.parse(refund);
  const refundId = parsed.metadata?.['refund_id'] ?? '';
  return {
    stripeRefundId: parsed.id,
    refundId: UUID_PATTERN.test(refundId) ? refundId : null,
    amount: parsed.amount,
    currency: parsed.currency.toUpperCase(),
    status: parsed.status,
  };
}
