import { isLiveKey } from './stripe-gateway.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { newId } from '../platform/id.ts';
import { joinCalls } from '../platform/join-calls.ts';
import { NOW, inTransaction, isDuplicate, retryRolledBack } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import type { PaymentFlag } from './payment.ts';
import {
  type Payment,
  type PaymentKey,
  flagPayment,
  insertPayments,
  listPaymentsBySession,
  movePayment,
} from './payment-store.ts';
import { type Capture, capturePayments } from './payments-together-store.ts';
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

/** The statement that does it says what the payment may come from: what was read of it may be old by now. */
async function applySession(
  resources: Resources,
  payment: Payment,
  session: SessionFacts,
): Promise<Settlement> {
  const { paymentId } = payment;
  const outcome = outcomeOf(session);
  if (outcome === 'open' || outcome === 'processing') return { outcome, payment };
  crashPoint('event.session-read');
  const moved =
    outcome === 'paid'
      ? await capture(resources)({ payment, session })
      : await move(resources, { paymentId, from: ['pending'], to: outcome, set: factsToKeep(session) });
  crashPoint('event.settled');
  if (moved) resources.log.info({ paymentId, sessionId: session.sessionId, outcome }, 'payment.settled');
  return { outcome, payment };
}

type Paid = { readonly payment: Payment; readonly session: SessionFacts };

const capture = onePer((resources: Resources) =>
  joinCalls<Paid, boolean>(resources.log, {
    name: 'payments.captured',
    doneAt: 'lot.captured',
    async together(paid) {
      const captures = paid.map(usualCapture);
      const usual = captures.filter((each) => each !== null);
      const areCaptured = usual.length > 0 ? await capturePayments(resources.db, usual) : [];
      const captured = new Set(usual.filter((_, index) => areCaptured[index]));
      return captures.map((each) => (each !== null && captured.has(each)) || undefined);
    },
    alone: ({ payment, session }) => captureOne(resources, payment, session),
  }),
);

/** Money that was asked for and waited for, as far as we have read; null: any other. */
function usualCapture({ payment, session }: Paid): Capture | null {
  const { sessionId, transactionId, amount } = session;
  if (payment.status !== 'pending' || transactionId === null || mismatchOf(payment, session) !== null)
    return null;
  return { paymentId: payment.paymentId, sessionId, transactionId, amount };
}

function captureOne(resources: Resources, payment: Payment, session: SessionFacts): Promise<boolean> {
  const flag = mismatchOf(payment, session);
  return move(resources, {
    paymentId: payment.paymentId,
    from: ['pending', 'failed', 'expired'],
    to: 'paid',
    set: {
      ...factsToKeep(session),
      captured_amount: session.amount,
      captured_at: NOW,
      fulfilled_at: null,
      ...(flag === null ? {} : { flag }),
    },
  });
}

function factsToKeep({ sessionId, transactionId }: SessionFacts) {
  return {
    checkout_session_id: sessionId,
    ...(transactionId === null ? {} : { transaction_id: transactionId }),
  };
}

function move(resources: Resources, change: Parameters<typeof movePayment>[1]): Promise<boolean> {
  return retryRolledBack(() => movePayment(resources.db, change));
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
  const known = (await listPaymentsBySession(db, [session.sessionId])).get(session.sessionId);
  if (known !== undefined) return applySession(resources, known, session);
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
      await insertPayments(tx, [
        {
          paymentId,
          eventId,
          holdId,
          userId,
          amount,
          currency,
          order,
          idempotencyKey: `adopted:${sessionId}`,
          request: null,
        },
      ]);
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
