import { z } from 'zod';
import { defineJob } from '../platform/job-queue.ts';

/** Open a session at Stripe for a payment whose slot in Stripe's rate comes later, or whose first try failed. */
export const SESSION_REQUESTED = defineJob({
  name: 'payment.session-requested',
  queue: 'payments',
  schema: z.object({
    paymentId: z.string(),
    /** Whether a slot was reserved for the first try. */
    isReserved: z.boolean(),
  }),
  triesMax: 8,
  backoffMs: 1_000,
});

/** An event lies in the inbox. Failures beyond these tries are taken up by the sweep of the inbox. */
export const STRIPE_EVENT_RECEIVED = defineJob({
  name: 'stripe-event.received',
  queue: 'payments',
  schema: z.object({ stripeEventId: z.string() }),
  triesMax: 3,
  backoffMs: 500,
});

/** A refund lies in the outbox. Failures are taken up by the sweep of the outbox. */
export const REFUND_REQUESTED = defineJob({
  name: 'refund.requested',
  queue: 'payments',
  schema: z.object({ refundId: z.string() }),
  triesMax: 1,
  backoffMs: 1_000,
});
