import { newId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { deleteOldClaims, deleteOldIdempotencyKeys, deleteOldStripeEvents } from './prune-store.ts';

/** A client repeats a request within a day or not at all; so the draft standard for the header advises. */
const IDEMPOTENCY_KEYS_KEPT_HOURS = 24;
/** A job that repeats its claim does so within minutes; holds that are over keep their own row. */
const CLAIMS_KEPT_MS = 24 * 60 * 60 * 1000;
/** Stripe sends an event for three days, and lets one be sent again by hand for thirty. */
const STRIPE_EVENTS_KEPT_DAYS = 40;
const ROWS_PER_RUN_MAX = 2_000;

/** Deletes what nobody asks for any more, a bounded number of rows a run. */
export async function prune({
  db,
  clock,
}: Resources): Promise<{ idempotencyKeys: number; claims: number; stripeEvents: number }> {
  return {
    idempotencyKeys: await deleteOldIdempotencyKeys(db, IDEMPOTENCY_KEYS_KEPT_HOURS, ROWS_PER_RUN_MAX),
    claims: await deleteOldClaims(db, newId(clock.nowMs() - CLAIMS_KEPT_MS), ROWS_PER_RUN_MAX),
    stripeEvents: await deleteOldStripeEvents(db, STRIPE_EVENTS_KEPT_DAYS, ROWS_PER_RUN_MAX),
  };
}
