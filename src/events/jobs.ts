import { z } from 'zod';
import { defineJob } from '../platform/job-queue.ts';

/**
 * An event was cancelled: every booking of it is to be cancelled and refunded. May come more than once for an event,
 * so whoever handles it does only what is left to do.
 */
export const EVENT_CANCELLED = defineJob({
  name: 'event.cancelled',
  queue: 'payments',
  schema: z.object({ eventId: z.uuid() }),
  triesMax: 10,
  backoffMs: 1_000,
});
