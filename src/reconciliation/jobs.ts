import { z } from 'zod';
import { defineJob } from '../platform/job-queue.ts';

/**
 * The repeated jobs. They go apart, so that neither a Stripe that is slow or away nor a long comparison of the stores
 * ever delays the freeing of seats. A run that fails is not tried again: the next one is due in seconds.
 */
export const HOLDS_EXPIRY_DUE = defineJob({
  name: 'holds.expiry-due',
  queue: 'cleanup',
  schema: z.unknown(),
  triesMax: 1,
  backoffMs: 0,
});

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
