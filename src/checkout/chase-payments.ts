import { findHold, lockHold } from '../holds/hold-store.ts';
import { queueSession, takeTurn } from '../payments/open-checkout-session.ts';
import {
  claimCheck,
  listSilentPayments,
  listUnfulfilledPayments,
  lockPayment,
  type Payment,
} from '../payments/payment-store.ts';
import { SESSION_WAIT_MS_MAX } from '../payments/start-payment.ts';
import { StripeFailure } from '../payments/stripe-failure.ts';
import { inTransaction, retryRolledBack } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { restartWindow } from './begin-checkout.ts';
import { type CheckoutAtHand, listOverdueCheckouts } from './checkout-store.ts';
import { endCheckout, type EndOutcome } from './end-checkout.ts';
import { endPayment, finishCheckout, settleCheckout } from './settle-checkout.ts';

const CHECKOUTS_PER_RUN = 50;
const PAYMENTS_PER_RUN = 50;
/** Webhooks come within seconds; after so many times the recovery time Stripe is asked. */
const SILENT_RECOVERIES = 6;
/** A session's turn is over by so long: its job is lost, or Stripe was away. */
const LATE_RECOVERIES = 2;

/**
 * Ends the checkouts whose time is over, a batch of them: Stripe first. Those of which Stripe says nothing stay as they
 * are, and are tried again by the next run.
 */
export async function endOverdueCheckouts(resources: Resources): Promise<Record<EndOutcome, number>> {
  const counts = { ended: 0, paid: 0, processing: 0, unknown: 0 };
  for (const checkout of await listOverdueCheckouts(resources.db, SESSION_WAIT_MS_MAX, CHECKOUTS_PER_RUN)) {
    counts[await endOverdue(resources, checkout)] += 1;
  }
  return counts;
}

/** One checkout that can not be ended must not keep the others from it. */
async function endOverdue(resources: Resources, checkout: CheckoutAtHand): Promise<EndOutcome> {
  try {
    return await endCheckout(resources, checkout);
  } catch (error) {
    resources.log.warn({ ...checkout, err: error }, 'checkout.not-ended');
    return 'unknown';
  }
}

export type ChaseCounts = { asked: number; requested: number; finished: number; failed: number };

/**
 * Carries on what was left lying: payments of which nothing was heard are asked for at Stripe, sessions that were never
 * made are requested again under the same key, and money on which nobody has acted becomes bookings or refunds.
 */
export async function chasePayments(resources: Resources): Promise<ChaseCounts> {
  const counts = { asked: 0, requested: 0, finished: 0, failed: 0 };
  const { recoveryMs } = resources.config;
  const claim = (paymentId: string) =>
    retryRolledBack(() => claimCheck(resources.db, paymentId, recoveryMs * SILENT_RECOVERIES));
  for (const payment of await listUnfulfilledPayments(resources.db, recoveryMs, PAYMENTS_PER_RUN)) {
    await count(resources, counts, 'finished', payment.paymentId, () => finishCheckout(resources, payment));
  }
  for (const payment of await listSilentPayments(
    resources.db,
    recoveryMs * LATE_RECOVERIES,
    PAYMENTS_PER_RUN,
  )) {
    if (payment.sessionId === null)
      await count(resources, counts, 'requested', payment.paymentId, () => requestAgain(resources, payment));
    else if (await claim(payment.paymentId))
      await count(resources, counts, 'asked', payment.paymentId, () => ask(resources, payment));
  }
  return counts;
}

/** One payment that can not be carried on must not keep the others from it. */
async function count(
  resources: Resources,
  counts: ChaseCounts,
  what: keyof ChaseCounts,
  paymentId: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
    counts[what] += 1;
  } catch (error) {
    counts.failed += 1;
    resources.log.warn({ paymentId, what, err: error }, 'chase.failed');
  }
}

async function ask(resources: Resources, payment: Payment): Promise<void> {
  const hold = await findHold(resources.db, payment.holdId);
  // The seats are no longer held for it, so nobody may pay for them any more.
  if (hold?.status !== 'checkout') await endPayment(resources, payment);
  else await settleCheckout(resources, payment.paymentId);
}

/** The buyer waits through no fault of theirs, so the hold is extended with it. */
async function requestAgain(resources: Resources, payment: Payment): Promise<void> {
  const { paymentId, eventId, holdId } = payment;
  await inTransaction(resources.db, async (tx) => {
    const hold = await lockHold(tx, eventId, holdId);
    const locked = await lockPayment(tx, paymentId);
    const waitsInTime =
      locked?.status === 'pending' &&
      locked.createdAt.getTime() + SESSION_WAIT_MS_MAX > resources.clock.nowMs();
    if (hold?.status === 'checkout' && waitsInTime) await restartWindow(tx, resources, hold);
  });
  const minute = Math.floor(resources.clock.nowMs() / 60_000);
  const { outcome, waitMs } = await takeTurn(resources);
  if (outcome === 'full') throw new StripeFailure('busy', "No turn in Stripe's rate is left.");
  await queueSession(resources, { paymentId, waitMs, isReserved: true, attempt: `again-${minute}` });
}
