import { crashPoint } from '../platform/crash-point.ts';
import { closeUnpaid } from '../payments/close-unpaid.ts';
import { expireSession, type ExpiryOutcome } from '../payments/expire-session.ts';
import { type Payment, type PaymentKey, findPayment } from '../payments/payment-store.ts';
import { StripeFailure } from '../payments/stripe-failure.ts';
import { settlePayment } from '../payments/settle-payment.ts';
import type { Resources } from '../resources.ts';
import { type Completion, completeCheckout } from './complete-checkout.ts';

/**
 * Asks Stripe about a payment and acts on the answer: what the return page and the cleanup worker do, and the webhook
 * in its job. A lost webhook only delays a booking. @throws StripeFailure when Stripe gives no answer.
 */
export async function settleCheckout(
  resources: Resources,
  paymentId: string,
  sessionId?: string,
): Promise<Completion['outcome']> {
  const found = await findPayment(resources.db, paymentId);
  if (found === null) return 'nothing';
  const { payment } = await settlePayment(resources, found, sessionId);
  return finishCheckout(resources, payment);
}

/** Acts on what is known of a payment; and ends another payment's session for seats that are sold by now. */
export async function finishCheckout(
  resources: Resources,
  payment: PaymentKey,
): Promise<Completion['outcome']> {
  const { outcome, superfluous } = await completeCheckout(resources, payment);
  if (superfluous !== null) await endPayment(resources, superfluous);
  return outcome;
}

/**
 * Ends a payment that waits for money, Stripe's word first: only `expired` lets go of anything. A payment whose session
 * nobody has ever seen needs no word: from here on none will be shown. A Stripe that is away is `unknown`.
 */
export async function endPayment(resources: Resources, payment: Payment): Promise<ExpiryOutcome> {
  const { paymentId, sessionId, sessionExpiresAt } = payment;
  const outcome =
    sessionId === null
      ? 'expired'
      : await expireSession(resources, { sessionId, expiresAt: sessionExpiresAt });
  if (outcome === 'expired') {
    crashPoint('ending.session-ended');
    await closeUnpaid(resources, { paymentId, sessionId, to: 'expired' });
    crashPoint('ending.payment-closed');
    // Stripe's own event may have closed it in this moment: whoever did, what follows from it is done before we answer.
    await completeCheckout(resources, payment);
  }
  return outcome === 'paid' ? settlePaid(resources, paymentId) : outcome;
}

async function settlePaid(resources: Resources, paymentId: string): Promise<ExpiryOutcome> {
  try {
    await settleCheckout(resources, paymentId);
    return 'paid';
  } catch (error) {
    if (error instanceof StripeFailure) return 'unknown';
    throw error;
  }
}
