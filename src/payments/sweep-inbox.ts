import type { Resources } from '../resources.ts';
import { listOverdueEvents } from './stripe-event-store.ts';
import { queueEvent, storeEvent } from './stripe-webhook.ts';
import { listEvents } from './stripe-events.ts';

const EVENTS_PER_RUN = 200;

/** Queues again what lies in the inbox for too long: its job was lost with Redis, or failed. */
export async function sweepInbox(resources: Resources): Promise<{ queued: number }> {
  const events = await listOverdueEvents(resources.db, resources.config.recoveryMs / 1000, EVENTS_PER_RUN);
  // The minute in the job's id lets a kept, failed job of the same try not stand in the way for ever.
  const minute = Math.floor(resources.clock.nowMs() / 60_000);
  for (const event of events) await queueEvent(resources, event.stripeEventId, minute * 1000 + event.tries);
  return { queued: events.length };
}

/** Where the last poll ended; lost with Redis, which only means that more is read again. */
const CURSOR_KEY = 'stripe-events-polled-until';
/** Stripe's events become visible a little out of order. */
const OVERLAP_MS = 10 * 60_000;
const POLL_EVERY_MS = 60_000;
const FIRST_LOOK_BACK_MS = 24 * 60 * 60_000;

/** Puts events that no webhook has brought into the inbox; once a minute, however often it is called. Reading some twice is harmless: the inbox keeps each once. */
export async function pollStripeEvents(resources: Resources): Promise<{ seen: number; stored: number }> {
  const { clock, redis } = resources;
  const startedMs = clock.nowMs();
  const cursor = Number(await redis.get(CURSOR_KEY)) || 0;
  if (startedMs - cursor < POLL_EVERY_MS) return { seen: 0, stored: 0 };
  const sinceMs = cursor > 0 ? cursor - OVERLAP_MS : startedMs - FIRST_LOOK_BACK_MS;
  const events = await listEvents(resources, sinceMs);
  let stored = 0;
  for (const event of events.toReversed()) {
    if ((await storeEvent(resources, event)) === 'stored') stored += 1;
  }
  await redis.set(CURSOR_KEY, String(startedMs));
  return { seen: events.length, stored };
}
