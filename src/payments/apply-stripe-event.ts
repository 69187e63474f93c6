import { crashPoint } from '../platform/crash-point.ts';
import { UUID_PATTERN } from '../platform/id.ts';
import { joinCalls, joinReads } from '../platform/join-calls.ts';
import { retryRolledBack } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import {
  type Payment,
  type PaymentKey,
  findPayment,
  findPaymentByTransaction,
  listPaymentsBySession,
} from './payment-store.ts';
import { settlePayment } from './settle-payment.ts';
import { type InboxEvent, finishEvents, listEventsById, noteEventFailure } from './stripe-event-store.ts';
import { hintsOf } from './stripe-events.ts';
import { StripeFailure } from './stripe-failure.ts';
import { syncDispute } from './sync-dispute.ts';
import { syncRefundsOfPayment } from './sync-refunds.ts';

const TRIES_MAX = 12;

/** What whoever sold something for a payment does when Stripe has spoken on it; may be called any number of times. */
export type OnSettled = (payment: PaymentKey) => Promise<unknown>;

/**
 * Applies an event of the inbox. The event only says where to look: what Stripe answers about the object decides, so
 * events may come twice, in any order, late, or as two events for one fact.
 * @throws what went wrong, after noting it in the inbox; an event that fails for ever ends as `dead`, for a person. A
 * Stripe that is away never makes an event dead.
 */
export async function applyStripeEvent(
  resources: Resources,
  stripeEventId: string,
  onSettled: OnSettled,
): Promise<void> {
  const { db, log } = resources;
  const event = await findEvent(resources)(stripeEventId);
  if (event?.status !== 'received') return;
  try {
    const isOurs = await apply(resources, event, onSettled);
    crashPoint('event.applied');
    await finishEvent(resources)({ stripeEventId, isOurs });
    crashPoint('event.done');
    log.info({ stripeEventId, type: event.type, isOurs }, 'stripe-event.applied');
  } catch (error) {
    const isTransient = error instanceof StripeFailure && error.isTransient;
    const isLast = !isTransient && event.tries + 1 >= TRIES_MAX;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await noteEventFailure(db, {
      stripeEventId,
      reason,
      isLast,
      countsTry: !isTransient || event.tries < TRIES_MAX - 1,
    });
    if (isLast) log.error({ stripeEventId, type: event.type, err: error }, 'stripe-event.dead');
    throw error;
  }
}

const findEvent = onePer(({ db, log }: Resources) =>
  joinReads(log, 'stripe-events.read', (ids) => listEventsById(db, ids)),
);

const findPaymentBySession = onePer(({ db, log }: Resources) =>
  joinReads(log, 'payments.read', (ids) => listPaymentsBySession(db, ids)),
);

const finishEvent = onePer(({ db, log }: Resources) =>
  joinCalls<{ stripeEventId: string; isOurs: boolean }, true>(log, {
    name: 'stripe-events.finished',
    doneAt: 'lot.event-finished',
    async together(events) {
      const done = events.filter(({ isOurs }) => isOurs).map(({ stripeEventId }) => stripeEventId);
      if (done.length > 0) await finishEvents(db, done, 'done');
      return events.map(({ isOurs }) => (isOurs ? true : undefined));
    },
    async alone({ stripeEventId, isOurs }) {
      await retryRolledBack(() => finishEvents(db, [stripeEventId], isOurs ? 'done' : 'ignored'));
      return true;
    },
  }),
);

/** false when the event is about nothing of ours. */
async function apply(resources: Resources, event: InboxEvent, onSettled: OnSettled): Promise<boolean> {
  if (event.objectId === null) return false;
  if (event.type.startsWith('checkout.session.'))
    return applySessionEvent(resources, event, event.objectId, onSettled);
  if (event.type.startsWith('charge.dispute.')) return syncDispute(resources, event.objectId);
  if (event.type.startsWith('refund.') || event.type === 'charge.refunded')
    return applyRefundEvent(resources, event, onSettled);
  return false;
}

async function applySessionEvent(
  resources: Resources,
  event: InboxEvent,
  sessionId: string,
  onSettled: OnSettled,
): Promise<boolean> {
  const payment =
    (await findPaymentBySession(resources)(sessionId)) ?? (await paymentNamedBy(resources, event));
  if (payment === null) return false;
  const settlement = await settlePayment(resources, payment, sessionId);
  if (settlement.outcome === 'paid' || settlement.outcome === 'expired' || settlement.outcome === 'failed')
    await onSettled(settlement.payment);
  return settlement.outcome !== 'foreign';
}

/** Stripe may tell of a session before our own call to make it has returned. */
async function paymentNamedBy(resources: Resources, event: InboxEvent): Promise<Payment | null> {
  const { paymentId } = hintsOf(event.payload);
  if (paymentId === null || !UUID_PATTERN.test(paymentId)) return null;
  return findPayment(resources.db, paymentId);
}

async function applyRefundEvent(
  resources: Resources,
  event: InboxEvent,
  onSettled: OnSettled,
): Promise<boolean> {
  const { transactionId } = hintsOf(event.payload);
  const payment = transactionId === null ? null : await findPaymentByTransaction(resources.db, transactionId);
  if (payment === null) return false;
  await syncRefundsOfPayment(resources, payment.paymentId);
  await onSettled(payment);
  return true;
}
