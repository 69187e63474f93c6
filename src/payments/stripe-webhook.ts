import type { Resources } from '../resources.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { joinCalls } from '../platform/join-calls.ts';
import { isDuplicate, retryRolledBack } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import { Problem } from '../platform/problem.ts';
import { STRIPE_EVENT_RECEIVED } from './jobs.ts';
import { PAYMENT_PROBLEMS } from './problems.ts';
import { type NewEvent, insertEvents } from './stripe-event-store.ts';
import { type IncomingEvent, verifyEvent } from './stripe-events.ts';
import { isLiveKey } from './stripe-gateway.ts';

export type Reception = 'stored' | 'known' | 'ignored';

/**
 * Takes a delivery of Stripe's webhook: checks the signature, stores the event once, and only then queues it. When it
 * returns, the event is in MySQL for good; when it throws anything but `bad_signature`, Stripe must deliver again, for
 * up to 3 days. A repeated delivery changes nothing, however late it comes.
 * @throws Problem `bad_signature`; nothing is stored then.
 */
export async function receiveStripeEvent(
  resources: Resources,
  rawBody: Buffer,
  signature: string,
): Promise<Reception> {
  const event = verifyEvent(resources, rawBody, signature);
  if (event === null)
    throw new Problem(
      PAYMENT_PROBLEMS.bad_signature,
      'The body is not signed with the secret of this webhook endpoint.',
    );
  return storeEvent(resources, event);
}

/** false when it is in the inbox already: Stripe delivers at least once. */
const insert = onePer(({ db, log }: Resources) =>
  joinCalls<NewEvent, boolean>(log, {
    name: 'stripe-events.stored',
    doneAt: 'lot.webhook-stored',
    async together(events) {
      await insertEvents(db, events);
      return events.map(() => true);
    },
    async alone(event) {
      try {
        await retryRolledBack(() => insertEvents(db, [event]));
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
  }),
);

/** Puts an event into the inbox, and queues it if it is new. */
export async function storeEvent(resources: Resources, event: IncomingEvent): Promise<Reception> {
  const { config, log } = resources;
  const isOurs = event.isLive === isLiveKey(config.stripe);
  crashPoint('webhook.verified');
  const isNew = await insert(resources)({ event, status: isOurs ? 'received' : 'ignored' });
  log.info({ stripeEventId: event.stripeEventId, type: event.type, isNew, isOurs }, 'stripe-event.stored');
  if (!isOurs) return 'ignored';
  crashPoint('webhook.stored');
  if (isNew) await queueEvent(resources, event.stripeEventId, 0);
  crashPoint('webhook.queued');
  return isNew ? 'stored' : 'known';
}

/** Redis may be away: the event is safe in the inbox, and the sweep finds it there. */
export async function queueEvent(resources: Resources, stripeEventId: string, tries: number): Promise<void> {
  try {
    await resources.queues.add(
      STRIPE_EVENT_RECEIVED,
      { stripeEventId },
      { jobId: `stripe-event-${stripeEventId}-${tries}` },
    );
  } catch (error) {
    resources.log.warn({ stripeEventId, err: error }, 'stripe-event.not-queued');
  }
}
