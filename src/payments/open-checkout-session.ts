import { crashPoint } from '../platform/crash-point.ts';
import type { Resources } from '../resources.ts';
import { SESSION_REQUESTED } from './jobs.ts';
import { type Payment, noteFailedTry, noteTurn } from './payment-store.ts';
import { SESSION_WAIT_MS_MAX } from './start-payment.ts';
import { StripeFailure } from './stripe-failure.ts';
import { type Slot, reserveSlot } from './stripe-limit.ts';
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
  payment: Pick<Payment, 'paymentId' | 'request' | 'idempotencyKey' | 'tries'>,
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

/** The payment's turn in Stripe's rate. `full`: so many wait that it would come too late. */
export async function takeTurn(resources: Resources): Promise<Slot> {
  const slot = await reserveSlot(resources, 'checkout.sessions.create', SESSION_WAIT_MS_MAX);
  if (slot.outcome === 'reserved') crashPoint('session.slot-taken');
  return slot;
}

/**
 * Queues the making of the session for so long from now, so that the buyer can be told how long it will be, and nobody
 * sits waiting for it. `isReserved`: that is the moment of the turn that was taken.
 * @throws when Redis is away; the payment's row is enough for the cleanup worker to queue it again.
 */
export async function queueSession(
  resources: Resources,
  request: { paymentId: string; waitMs: number; isReserved: boolean; attempt: string },
): Promise<void> {
  const { paymentId, waitMs, isReserved, attempt } = request;
  await noteTurn(resources.db, paymentId, waitMs);
  await resources.queues.add(
    SESSION_REQUESTED,
    { paymentId, isReserved },
    { jobId: `session-${paymentId}-${attempt}`, ...(waitMs > 0 ? { delayMs: waitMs } : {}) },
  );
  crashPoint('session.queued');
}
