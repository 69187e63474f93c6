import type Stripe from 'stripe';
import { z } from 'zod';
import { UUID_PATTERN } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { callStripe } from './stripe-call.ts';

/** What we believe of a Checkout session. */
export type SessionFacts = {
  readonly sessionId: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly isPaid: boolean;
  /** Complete, not paid, and the payment behind it can no longer succeed by itself (a delayed method was refused). */
  readonly hasFailed: boolean;
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly isLive: boolean;
  /** Our payment, as the session's metadata names it. */
  readonly paymentId: string | null;
  /** The PaymentIntent; Stripe makes it when the buyer first tries to pay. */
  readonly transactionId: string | null;
  readonly url: string | null;
  readonly expiresAt: Date;
};

/** The request as it is frozen with the payment: a retry repeats it to the letter. */
export type SessionRequest = Stripe.Checkout.SessionCreateParams;

export type SessionOrder = {
  readonly paymentId: string;
  readonly reference: string;
  readonly currency: string;
  readonly lines: readonly {
    readonly name: string;
    readonly description?: string;
    readonly amount: number;
  }[];
  readonly customerEmail: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly expiresAtMs: number;
};

/**
 * The request for a hosted page that takes cards, in our currency only (`adaptive_pricing` may present another), and
 * that makes no copy of itself when it expires (`after_expiration` is left off).
 */
export function buildSessionRequest(order: SessionOrder): SessionRequest {
  const metadata = { payment_id: order.paymentId, reference: order.reference };
  return {
    mode: 'payment',
    client_reference_id: order.reference,
    metadata,
    payment_intent_data: { metadata },
    line_items: order.lines.map((line) => ({
      quantity: 1,
      price_data: {
        currency: order.currency.toLowerCase(),
        unit_amount: line.amount,
        product_data: {
          name: line.name,
          ...(line.description === undefined ? {} : { description: line.description }),
        },
      },
    })),
    adaptive_pricing: { enabled: false },
    allowed_payment_method_types: ['card'],
    expires_at: Math.floor(order.expiresAtMs / 1000),
    success_url: order.successUrl,
    cancel_url: order.cancelUrl,
    ...(order.customerEmail === null ? {} : { customer_email: order.customerEmail }),
  };
}

/** @throws StripeFailure */
export async function createSession(
  resources: Resources,
  create: { request: SessionRequest; idempotencyKey: string; isReserved: boolean },
): Promise<SessionFacts> {
  const { request, idempotencyKey, isReserved } = create;
  const session = await callStripe(
    resources,
    { endpoint: 'checkout.sessions.create', expects: 'checkout.session', isReserved },
    (stripe) => stripe.checkout.sessions.create(request, { idempotencyKey }),
  );
  return factsOf(session);
}

/** @throws StripeFailure */
export async function retrieveSession(resources: Resources, sessionId: string): Promise<SessionFacts> {
  const session = await callStripe(
    resources,
    { endpoint: 'checkout.sessions.retrieve', expects: 'checkout.session' },
    (stripe) => stripe.checkout.sessions.retrieve(sessionId, { expand: ['payment_intent'] }),
  );
  return factsOf(session);
}

/** Asks Stripe to end the session; it refuses unless the session is open. @throws StripeFailure */
export async function endSession(resources: Resources, sessionId: string): Promise<SessionFacts> {
  const session = await callStripe(
    resources,
    { endpoint: 'checkout.sessions.expire', expects: 'checkout.session' },
    (stripe) => stripe.checkout.sessions.expire(sessionId),
  );
  return factsOf(session);
}

const SessionShape = z.object({
  id: z.string().min(1),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
  amount_total: z.int(),
  currency: z.string(),
  livemode: z.boolean(),
  metadata: z.record(z.string(), z.string()).nullable(),
  payment_intent: z.union([z.string(), z.object({ id: z.string(), status: z.string() })]).nullable(),
  url: z.string().nullable(),
  expires_at: z.int(),
});
const INTENT_FAILED: ReadonlySet<string> = new Set(['requires_payment_method', 'canceled']);

function factsOf(session: Stripe.Checkout.Session): SessionFacts {
  const parsed = SessionShape.parse(session);
  const intent = parsed.payment_intent;
  const isPaid = parsed.payment_status !== 'unpaid';
  const paymentId = parsed.metadata?.['payment_id'] ?? '';
  return {
    sessionId: parsed.id,
    status: parsed.status,
    isPaid,
    hasFailed:
      parsed.status === 'complete' &&
      !isPaid &&
      intent !== null &&
      typeof intent !== 'string' &&
      INTENT_FAILED.has(intent.status),
    amount: parsed.amount_total,
    currency: parsed.currency.toUpperCase(),
    isLive: parsed.livemode,
    paymentId: UUID_PATTERN.test(paymentId) ? paymentId : null,
    transactionId: intent === null || typeof intent === 'string' ? intent : intent.id,
    url: parsed.url,
    expiresAt: new Date(parsed.expires_at * 1000),
  };
}
