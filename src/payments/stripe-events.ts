import { z } from 'zod';
import type { Resources } from '../resources.ts';
import { callStripe } from './stripe-call.ts';
import { Stripe } from 'stripe';

/** An event as it goes into the inbox: who and what, and Stripe's bytes. Nothing else of it is believed. */
export type IncomingEvent = {
  readonly stripeEventId: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly isLive: boolean;
  readonly apiVersion: string | null;
  readonly payload: string;
};

/** What we act on; an endpoint at Stripe should be subscribed to these. */
export const EVENT_TYPES = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
] as const;

/** A signature older than this is a replay (docs.stripe.com/webhooks: the package's default). */
const SIGNATURE_AGE_SECONDS_MAX = 300;
const EVENTS_PER_PAGE = 100;
const EVENT_PAGES_MAX = 20;

const EventShape = z.object({
  id: z.string().min(1).max(191),
  object: z.literal('event'),
  type: z.string().min(1).max(100),
  livemode: z.boolean(),
  api_version: z.string().max(40).nullish(),
  data: z.object({ object: z.object({ id: z.string().max(191).optional() }) }),
});

/** The event that the bytes carry, if one of the endpoint's secrets signed them (two while a secret is replaced); else null. */
export function verifyEvent(
  { config, stripe }: Resources,
  rawBody: Buffer,
  signature: string,
): IncomingEvent | null {
  // As text: of bytes the package would pass over a byte order mark, and take for signed what is not.
  const payload = rawBody.toString('utf8');
  for (const secret of config.stripe.webhookSecrets) {
    let event: unknown;
    try {
      event = stripe.webhooks.constructEvent(payload, signature, secret, SIGNATURE_AGE_SECONDS_MAX);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) continue;
      return null;
    }
    return incomingEvent(event, payload);
  }
  return null;
}

/**
 * The events since `sinceMs`, newest first, of the types that we act on; at most 2,000. For those whose webhook was lost:
 * Stripe keeps them for 30 days. @throws StripeFailure
 */
export async function listEvents(resources: Resources, sinceMs: number): Promise<IncomingEvent[]> {
  const found: IncomingEvent[] = [];
  let after: string | null = null;
  for (let page = 0; page < EVENT_PAGES_MAX; page += 1) {
    const list = await fetchPage(resources, sinceMs, after);
    for (const event of list.data) {
      const incoming = incomingEvent(event, JSON.stringify(event));
      if (incoming !== null) found.push(incoming);
    }
    after = list.data.at(-1)?.id ?? null;
    if (!list.has_more || after === null) break;
  }
  return found;
}

function fetchPage(
  resources: Resources,
  sinceMs: number,
  after: string | null,
): Promise<Stripe.ApiList<Stripe.Event>> {
  return callStripe(resources, { endpoint: 'events.list', expects: 'list' }, (stripe) =>
    stripe.events.list({
      types: [...EVENT_TYPES],
      created: { gte: Math.floor(sinceMs / 1000) },
      limit: EVENTS_PER_PAGE,
      ...(after === null ? {} : { starting_after: after }),
    }),
  );
}

function incomingEvent(event: unknown, payload: string): IncomingEvent | null {
  const parsed = EventShape.safeParse(event);
  if (!parsed.success) return null;
  const { id, type, livemode, api_version: apiVersion, data } = parsed.data;
  return {
    stripeEventId: id,
    type,
    objectId: data.object.id ?? null,
    isLive: livemode,
    apiVersion: apiVersion ?? null,
    payload,
  };
}

/** What an event's payload names, as a hint where to look; what is found there decides. */
const PayloadHints = z.object({
  data: z.object({
    object: z.looseObject({
      metadata: z.record(z.string(), z.string()).nullish(),
      payment_intent: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
    }),
  }),
});

/** The payment and the PaymentIntent that an event's payload names, if it does. */
export function hintsOf(payload: string): { paymentId: string | null; transactionId: string | null } {
  const { object } = PayloadHints.parse(JSON.parse(payload)).data;
  const intent = object.payment_intent ?? null;
  return {
    paymentId: object.metadata?.['payment_id'] ?? null,
    transactionId: intent === null || typeof intent === 'string' ? intent : intent.id,
  };
}
