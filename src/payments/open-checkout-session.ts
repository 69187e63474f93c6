import { crashPoint } from '../platform/crash-point.ts';
import type { Resources } from '../resources.ts';
import { SESSION_REQUESTED } from './jobs.ts';
import { type Payment, noteFailedTry, noteTurn } from './payment-store.ts';
import { SESSION_WAIT_MS_MAX } from './start-payment.ts';
import { StripeFailure } from './stripe-failure.ts';
import { reserveSlot } from './stripe-limit.ts';
import { type SessionFacts, createSession } from './stripe-sessions.ts';

export type OpenedSession =
  | { readonly outcome: 'opened'; readonly session: SessionFacts }
  /** No session was made, or none that anyone can know of: a new attempt is to take the payment's place. */
  | { readonly outcome: 'restart'; readonly reason: string }
  /** Stripe will never make it. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** After so many failures that Stripe remembers under the idempotency key, a new attempt is made. */
const SERVER_ERRORS_MAX = 2;

/**
 * Makes the payment's session at Stripe, or finds the one that an earlier try made. No transaction is open meanwhile.
 * @throws StripeFailure when it is to be tried again, with the same key.
 */
export async function openCheckoutSession(
  resources: Resources,
  payment: Payment,
  isReserved: boolean,
): Promise<OpenedSession> {
  const { request, idempotencyKey } = payment;
  if (request === null) return { outcome: 'refused', reason: 'there is nothing to pay' };
  try {
    return {
      outcome: 'opened',
      session: await createSession(resources, { request, idempotencyKey, isReserved }),
    };
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    await noteFailedTry(resources.db, payment.paymentId, `${error.kind}: ${error.message}`);
    if (error.kind === 'server_error' && payment.tries + 1 >= SERVER_ERRORS_MAX)
      return { outcome: 'restart', reason: 'stripe_failed' };
    if (error.isTransient) throw error;
    // A refused expiry means that the request never ran: what Stripe finds invalid is not kept under the key.
    if (error.param === 'expires_at') return { outcome: 'restart', reason: 'waited_too_long' };
    return { outcome: 'refused', reason: error.code ?? error.message };
  }
}

/** Nobody asks after a payment that is not older than this. */
const UNNOTED_WAIT_MS_MAX = 1_000;

export type SessionTurn =
  | { readonly outcome: 'queued'; readonly waitMs: number }
  /** So many wait that the buyer's turn would come too late. */
  | { readonly outcome: 'full'; readonly waitMs: number };

/**
 * Queues the making of the session for the moment at which Stripe's rate allows it, so that the buyer can be told how
 * long it will be, and no worker sits waiting for it.
 * @throws when Redis is away; the payment's row is enough for the cleanup worker to queue it again.
 */
export async function requestSession(
  resources: Resources,
  request: { paymentId: string; replyTo: { address: string; question: string } | null; attempt: string },
): Promise<SessionTurn> {
  const { paymentId, replyTo, attempt } = request;
  const slot = await reserveSlot(resources, 'checkout.sessions.create', SESSION_WAIT_MS_MAX);
  if (slot.outcome === 'full') return slot;
  crashPoint('session.slot-taken');
  // A payment that has just begun, and whose turn is about now, says as much by its age.
  if (replyTo === null || slot.waitMs > UNNOTED_WAIT_MS_MAX)
    await noteTurn(resources.db, paymentId, slot.waitMs);
  await resources.queues.add(
    SESSION_REQUESTED,
    { paymentId, isReserved: true, replyTo },
    { jobId: `session-${paymentId}-${attempt}`, ...(slot.waitMs > 0 ? { delayMs: slot.waitMs } : {}) },
  );
  crashPoint('session.queued');
  return { outcome: 'queued', waitMs: slot.waitMs };
}
