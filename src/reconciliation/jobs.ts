import { z } from 'zod';
import { defineJob } from '../platform/job-queue.ts';

/**
 * The repeated jobs. Seats and money go apart, so that a Stripe that is slow or away never delays the freeing of seats.
 * A run that fails is not tried again: the next one is due in seconds.
 */
export const SEATS_CLEANUP_DUE = defineJob({
  name: 'seats.cleanup-due',
  queue: 'cleanup',
  schema: z.unknown(),
  triesMax: 1,
  backoffMs: 0,
});

export const MONEY_CLEANUP_DUE = defineJob({
  name: 'money.cleanup-due',
  queue: 'cleanup',
  schema: z.unknown(),
  triesMax: 1,
  backoffMs: 0,
});
