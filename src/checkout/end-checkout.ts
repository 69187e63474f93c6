import { findHold } from '../holds/hold-store.ts';
import { findLivePayment, listPaymentsOfHold } from '../payments/payment-store.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { ownHold } from './begin-checkout.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';
import { alreadyPaid } from './refusals.ts';
import { endPayment, finishCheckout } from './settle-checkout.ts';

/**
 * - `ended`: the hold is not in checkout (any more): back with the buyer, or its seats are free
 * - `paid`: it was paid after all, and is booked or refunded by now
 * - `processing` | `unknown`: Stripe has not said that it can't be paid, so everything stays held
 */
export type EndOutcome = 'ended' | 'paid' | 'processing' | 'unknown';

/**
 * Ends a hold's checkout: Stripe is asked to end the session first, and only when it can be paid no more is anything
 * let go of. May be repeated, and run by several at once.
 */
export async function endCheckout(resources: Resources, { holdId }: { holdId: string }): Promise<EndOutcome> {
  const hold = await findHold(resources.db, holdId);
  if (hold === null) return 'ended';
  const live = await findLivePayment(resources.db, hold);
  if (live !== null) {
    const word = await endPayment(resources, live);
    if (word !== 'expired') return word;
  } else if (hold.status === 'checkout') {
    // Stripe has spoken on every payment; acting on it was cut short.
    for (const payment of await listPaymentsOfHold(resources.db, hold))
      await finishCheckout(resources, payment);
  }
  const now = await findHold(resources.db, holdId);
  if (now?.status === 'booked') return 'paid';
  return now?.status === 'checkout' ? 'unknown' : 'ended';
}

/**
 * The buyer comes back from Stripe without having paid, and wants the seats for a little longer, or others.
 * @throws Problem `already_paid`, `payment_processing`, `stripe_unreachable`, `hold_not_found`
 */
export async function leaveCheckout(
  resources: Resources,
  command: { holdId: string; userId: string },
): Promise<void> {
  const hold = ownHold(await findHold(resources.db, command.holdId), command.userId);
  if (hold.status === 'held') return;
  const outcome = await endCheckout(resources, hold);
  if (outcome === 'paid') {
    const payments = await listPaymentsOfHold(resources.db, hold);
    throw alreadyPaid(
      payments.find((payment) => payment.status !== 'expired' && payment.status !== 'failed')?.paymentId ??
        null,
    );
  }
  if (outcome === 'processing')
    throw new Problem(
      CHECKOUT_PROBLEMS.payment_processing,
      'Stripe is still working on the payment: see its page in a moment.',
    );
  if (outcome === 'unknown')
    throw new Problem(
      CHECKOUT_PROBLEMS.stripe_unreachable,
      'Stripe does not say whether it was paid. Your seats stay held: try again.',
    );
}
