import { claimCheck, findPayment, type Payment } from '../payments/payment-store.ts';
import { StripeFailure } from '../payments/stripe-failure.ts';
import { retryRolledBack } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { type PaymentView, currentPayment, paymentView } from './payment-view.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';
import { finishCheckout, settleCheckout } from './settle-checkout.ts';

/** However often the return page asks us, Stripe is asked this often at most. */
const CHECK_EVERY_MS = 2_000;

/**
 * A payment, as its buyer asks for it after coming back from Stripe. One that waits is settled first, so that the page
 * need not wait for the webhook; the payment's id in the address is only a hint, and must be the caller's.
 * @throws Problem `payment_not_found`
 */
export async function showPayment(
  resources: Resources,
  ask: { paymentId: string; userId: string },
): Promise<PaymentView> {
  const payment = await findPayment(resources.db, ask.paymentId);
  if (payment === null || payment.userId !== ask.userId) {
    throw new Problem(CHECKOUT_PROBLEMS.payment_not_found, 'There is no such payment of yours.');
  }
  const current = await currentPayment(resources, payment);
  await bringUpToDate(resources, current);
  return paymentView(resources, (await findPayment(resources.db, current.paymentId)) ?? current);
}

async function bringUpToDate(resources: Resources, payment: Payment): Promise<void> {
  const { paymentId, status, sessionId, fulfilledAt } = payment;
  if (status !== 'pending') {
    if (fulfilledAt === null) await finishCheckout(resources, payment);
    return;
  }
  if (sessionId === null) return;
  if (!(await retryRolledBack(() => claimCheck(resources.db, paymentId, CHECK_EVERY_MS)))) return;
  try {
    await settleCheckout(resources, paymentId);
  } catch (error) {
    // What we know is shown; the webhook or the next question brings the rest.
    if (!(error instanceof StripeFailure)) throw error;
  }
}
