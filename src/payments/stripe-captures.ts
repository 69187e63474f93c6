import { z } from 'zod';
import { UUID_PATTERN } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { callStripe } from './stripe-call.ts';

/** Money that Stripe has taken from a buyer. */
export type Capture = {
  /** The PaymentIntent. */
  readonly transactionId: string;
  /** Our payment, as the metadata names it; null for what was not sold by us. */
  readonly paymentId: string | null;
  readonly amount: number;
  readonly refundedAmount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly atMs: number;
};

const INTENTS_PER_PAGE = 100;
const PAGES_MAX = 1_000;

const IntentShape = z.object({
  id: z.string().min(1),
  created: z.int(),
  amount_received: z.int(),
  currency: z.string(),
  metadata: z.record(z.string(), z.string()).nullable(),
  latest_charge: z.object({ amount_refunded: z.int() }).nullable(),
});

/** Every capture since the moment, page by page within Stripe's rate. @throws StripeFailure */
export async function listCaptures(resources: Resources, sinceMs: number): Promise<Capture[]> {
  const captures: Capture[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { intents, hasMore } = await listIntents(resources, sinceMs, after);
    captures.push(...intents.filter((intent) => intent.amount_received > 0).map(toCapture));
    after = intents.at(-1)?.id ?? null;
    if (!hasMore || after === null) break;
  }
  return captures;
}

async function listIntents(resources: Resources, sinceMs: number, after: string | null) {
  const list = await callStripe(resources, { endpoint: 'payment_intents.list', expects: 'list' }, (stripe) =>
    stripe.paymentIntents.list({
      limit: INTENTS_PER_PAGE,
      created: { gte: Math.floor(sinceMs / 1000) },
      expand: ['data.latest_charge'],
      ...(after === null ? {} : { starting_after: after }),
    }),
  );
  return { intents: list.data.map((intent) => IntentShape.parse(intent)), hasMore: list.has_more };
}

function toCapture(intent: z.output<typeof IntentShape>): Capture {
  const paymentId = intent.metadata?.['payment_id'] ?? '';
  return {
    transactionId: intent.id,
    paymentId: UUID_PATTERN.test(paymentId) ? paymentId : null,
    amount: intent.amount_received,
    refundedAmount: intent.latest_charge?.amount_refunded ?? 0,
    currency: intent.currency.toUpperCase(),
    atMs: intent.created * 1000,
  };
}
