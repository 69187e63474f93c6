import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { PAYMENT_PROBLEMS } from './problems.ts';
import { receiveStripeEvent } from './stripe-webhook.ts';

const WEBHOOK_BYTES_MAX = 1_000_000;

export const paymentRoutes: readonly AnyRoute<Resources>[] = [
  defineRoute({
    method: 'post',
    path: '/api/stripe/webhook',
    operationId: 'receiveStripeEvent',
    summary: 'Where Stripe sends its events',
    description:
      'Called by Stripe only: the body must carry a valid `Stripe-Signature`. 200 means that the event is stored for good; on any other answer Stripe delivers it again.',
    tags: ['payments'],
    auth: 'none',
    rateLimit: 'none',
    rawBody: true,
    bodyBytesMax: WEBHOOK_BYTES_MAX,
    answers: { 200: { description: 'Stored.', schema: z.object({ received: z.literal(true) }) } },
    problems: [PAYMENT_PROBLEMS.bad_signature],
    handle: async (resources: Resources, { headers, rawBody }) => {
      const signature = headers['stripe-signature'];
      await receiveStripeEvent(resources, rawBody, typeof signature === 'string' ? signature : '');
      return { status: 200, body: { received: true } };
    },
  }),
];
