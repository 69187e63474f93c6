import { isLiveKey } from './stripe-gateway.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { newId } from '../platform/id.ts';
import { NOW, inTransaction, isDuplicate, retryRolledBack } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import type { PaymentFlag } from './payment.ts';
import {
  type Payment,
  type PaymentKey,
  findPaymentBySession,
  flagPayment,
  insertPayment,
  movePayment,
} from './payment-store.ts';
import { endSession, retrieveSession, type SessionFacts } from './stripe-sessions.ts';
import { StripeFailure } from './stripe-failure.ts';

/**
 * What Stripe says of a payment, after it was written to the payment's row.
 * - `waiting`: it has no session yet; `open`: it may still be paid; `processing`: the buyer is done, the money on its way
 * - `paid` | `expired` | `failed`: Stripe's last word; `payment` is the one that it concerns
 * - `foreign`: a session that is not ours to act on; flagged for a person
 */
export type Settlement = {
  readonly outcome: 'waiting' | 'open' | 'processing' | 'paid' | 'expired' | 'failed' | 'foreign';
  readonly payment: PaymentKey;
};

/**
 * Asks Stripe about a payment's session, and moves the payment to what it says: the same step for the webhook, the
 * return page, the cleanup worker. Old payloads are never trusted. May run twice at once, and any number of times.
 * `sessionId` names a session whose metadata names the payment: it may be one that our own call never heard of.
 * @throws StripeFailure when Stripe gives no answer.
 */
export async function settlePayment(
  resources: Resources,
  payment: Payment,
  sessionId?: string,
): Promise<Settlement> {
  const { paymentId } = payment;
  const asked = sessionId ?? payment.sessionId;
  if (asked === null) return { outcome: 'waiting', payment };
  const session = await retrieveSession(resources, asked);
  if (session.isLive !== isLiveKey(resources.config.stripe) || session.paymentId !== paymentIdIn(payment)) {
    resources.log.error({ paymentId, sessionId: asked }, 'payment.foreign-session');
    await flagPayment(resources.db, paymentId, 'foreign_session');
    return { outcome: 'foreign', payment };
  }
  if (payment.sessionId !== null && payment.sessionId !== session.sessionId)
    return adoptSession(resources, payment, session);
  return applySession(resources, payment, session);
}

/** One statement does it, which says what the payment may come from: what was read of it may be old by now. */
async function applySession(
  resources: Resources,
  payment: Payment,
  session: SessionFacts,
): Promise<Settlement> {
  const { paymentId } = payment;
  const outcome = outcomeOf(session);
  if (outcome === 'open' || outcome === 'processing') return { outcome, payment };
  crashPoint('event.session-read');
  const known = {
    checkout_session_id: session.sessionId,
    ...(session.transactionId === null ? {} : { transaction_id: session.transactionId }),
  };
  const flag = mismatchOf(payment, session);
  const move: Parameters<typeof movePayment>[1] =
    outcome === 'paid'
      ? {
          paymentId,
          from: ['pending', 'failed', 'expired'],
          to: 'paid',
          set: {
            ...known,
            captured_amount: session.amount,
            captured_at: NOW,
            fulfilled_at: null,
            ...(flag === null ? {} : { flag }),
          },
        }
      : { paymentId, from: ['pending'], to: outcome, set: known };
  const moved = await retryRolledBack(() => movePayment(resources.db, move));
  crashPoint('event.settled');
  if (moved) resources.log.info({ paymentId, sessionId: session.sessionId, outcome }, 'payment.settled');
  return { outcome, payment };
}

/**
 * A second session for one payment: our first request was lost with its idempotency key, or someone copied the session.
 * If it can still be paid it is ended; if it was paid, a payment of its own is written for it, so that the money is
 * given back like that of any duplicate.
 */
async function adoptSession(
  resources: Resources,
  payment: Payment,
  session: SessionFacts,
): Promise<Settlement> {
  const { db, log } = resources;
  const known = await findPaymentBySession(db, session.sessionId);
  if (known !== null) return applySession(resources, known, session);
  if (session.status === 'open') {
    await endSession(resources, session.sessionId);
    return { outcome: 'open', payment };
  }
  if (outcomeOf(session) !== 'paid') return { outcome: 'expired', payment };
  log.error({ paymentId: payment.paymentId, sessionId: session.sessionId }, 'payment.second-session');
  const paymentId = newId<'payment'>();
  try {
    await inTransaction(db, async (tx) => {
      const { eventId, holdId, userId, order } = payment;
      const { amount, currency, sessionId, transactionId } = session;
      await insertPayment(tx, {
        paymentId,
        eventId,
        holdId,
        userId,
        amount,
        currency,
        order,
        idempotencyKey: `adopted:${sessionId}`,
        request: null,
      });
      const set = {
        checkout_session_id: sessionId,
        transaction_id: transactionId,
        captured_amount: amount,
        captured_at: NOW,
        flag: 'second_session' as const,
      };
      await movePayment(tx, { paymentId, from: ['pending'], to: 'paid', set });
    });
  } catch (error) {
    // Another process adopted it, or the hold has a payment that waits: that one is settled first, and this is tried again.
    if (isDuplicate(error))
      throw new StripeFailure('busy', 'The hold has another payment at hand.', { cause: error });
    throw error;
  }
  return { outcome: 'paid', payment: { ...payment, paymentId } };
}

function outcomeOf(session: SessionFacts): Exclude<Settlement['outcome'], 'waiting' | 'foreign'> {
  if (session.status === 'open') return 'open';
  if (session.status === 'expired') return 'expired';
  if (session.isPaid) return 'paid';
  return session.hasFailed ? 'failed' : 'processing';
}

/** Money that differs from what was asked is never turned into seats. */
function mismatchOf(payment: Payment, session: SessionFacts): PaymentFlag | null {
  if (payment.currency !== session.currency) return 'currency_mismatch';
  return payment.amount === session.amount ? null : 'amount_mismatch';
}

/** The payment that a session's metadata must name: an adopted session names the payment it was a second one of. */
function paymentIdIn(payment: Payment): string | null {
  const named = payment.request?.metadata;
  if (payment.request === null) return payment.paymentId;
  return typeof named === 'object' ? String(named['payment_id']) : null;
}
