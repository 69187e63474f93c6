import { setTimeout as wait } from 'node:timers/promises';
import { queueSession, takeTurn } from '../payments/open-checkout-session.ts';
import { findPayment, type Payment } from '../payments/payment-store.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { type BeginCheckout, beginCheckout } from './begin-checkout.ts';
import { endCheckout } from './end-checkout.ts';
import { type OpenedCheckout, type PaymentToOpen, openCheckout, openFor } from './open-checkout.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';
import { resultUrl } from './payment-view.ts';
import { turnOf } from './turn.ts';

export type CheckoutAnswer =
  | {
      readonly outcome: 'ready';
      readonly url: string;
      readonly paymentId: string;
      readonly expiresAt: string;
    }
  | {
      readonly outcome: 'waiting';
      readonly paymentId: string;
      readonly queuePosition: number;
      readonly estimatedWaitSeconds: number;
    };

/** Beyond this wait for Stripe's rate the buyer is told their place at once. */
const TURN_WAIT_MS_MAX = 2_000;
/** How long Stripe may take to make the session before the buyer is told to ask again. */
const STRIPE_WAIT_MS_MAX = 3_000;
const POLL_MS = 100;
/** Until a worker tries again what failed here. */
const RETRY_MS = 1_000;

/**
 * The buyer wants to pay: freezes the order, and answers with where to pay, or with the place in the line for it. A
 * repeat (double click, second tab) gets the same payment. The hold can't end while its checkout waits.
 * @throws Problem
 */
export async function checkOut(resources: Resources, command: BeginCheckout): Promise<CheckoutAnswer> {
  const begun = await beginCheckout(resources, command);
  const expiresAt = begun.expiresAt.toISOString();
  if (begun.outcome === 'free')
    return { outcome: 'ready', url: resultUrl(resources, begun), paymentId: begun.paymentId, expiresAt };
  if (begun.outcome === 'repeated') return awaitSession(resources, begun.payment, expiresAt);
  const { payment } = begun;
  const opened = await askForSession(resources, payment);
  return answerOf(resources, { paymentId: payment.paymentId, expiresAt }, opened);
}

async function askForSession(resources: Resources, payment: PaymentToOpen): Promise<OpenedCheckout | null> {
  const { paymentId, holdId } = payment;
  const { outcome, waitMs } = await takeTurn(resources);
  if (outcome === 'full') {
    await endCheckout(resources, { holdId });
    throw new Problem(
      CHECKOUT_PROBLEMS.checkout_busy,
      'So many are paying that your turn would come too late. Your seats are still held: try again.',
    );
  }
  if (waitMs > TURN_WAIT_MS_MAX) {
    await leaveToWorker(resources, { paymentId, waitMs, isReserved: true });
    return null;
  }
  const opening = openInTurn(resources, payment, waitMs);
  return Promise.race([opening, wait(waitMs + STRIPE_WAIT_MS_MAX, null, { ref: false })]);
}

/** A turn that comes at once is this server's to use: a job for it would cost more than the request does. */
async function openInTurn(
  resources: Resources,
  payment: PaymentToOpen,
  waitMs: number,
): Promise<OpenedCheckout | null> {
  const { paymentId } = payment;
  if (waitMs > 0) await wait(waitMs);
  try {
    return await (waitMs > 0 ? openCheckout(resources, paymentId, true) : openFor(resources, payment, true));
  } catch (error) {
    resources.log.warn({ paymentId, err: error }, 'checkout.not-opened');
    await leaveToWorker(resources, { paymentId, waitMs: RETRY_MS, isReserved: false });
    return null;
  }
}

/** Redis may be away: the cleanup worker finds the payment that has no session. */
async function leaveToWorker(
  resources: Resources,
  request: { paymentId: string; waitMs: number; isReserved: boolean },
): Promise<void> {
  try {
    await queueSession(resources, { ...request, attempt: newId() });
  } catch (error) {
    resources.log.warn({ paymentId: request.paymentId, err: error }, 'checkout.not-queued');
  }
}

async function answerOf(
  resources: Resources,
  begun: { paymentId: string; expiresAt: string },
  opened: OpenedCheckout | null,
): Promise<CheckoutAnswer> {
  if (opened === null) return waiting(resources, begun.paymentId);
  if (opened.outcome === 'opened') return { ...begun, ...opened, outcome: 'ready' };
  if (opened.outcome === 'refused') {
    throw new Problem(
      CHECKOUT_PROBLEMS.checkout_refused,
      'Stripe can not take this payment. Your seats are still held.',
      { cause: opened.reason },
    );
  }
  throw new Problem(CHECKOUT_PROBLEMS.hold_not_open, 'The checkout was ended meanwhile.');
}

/** A repeat: the first request's session is about to come. */
async function awaitSession(
  resources: Resources,
  payment: Payment,
  expiresAt: string,
): Promise<CheckoutAnswer> {
  const untilMs = resources.clock.nowMs() + TURN_WAIT_MS_MAX;
  for (
    let current: Payment | null = payment;
    current?.status === 'pending';
    current = await findPayment(resources.db, payment.paymentId)
  ) {
    if (current.url !== null)
      return { outcome: 'ready', url: current.url, paymentId: payment.paymentId, expiresAt };
    if (resources.clock.nowMs() > untilMs) break;
    await wait(POLL_MS);
  }
  return waiting(resources, payment.paymentId);
}

async function waiting(resources: Resources, paymentId: string): Promise<CheckoutAnswer> {
  const payment = await findPayment(resources.db, paymentId);
  return { outcome: 'waiting', paymentId, ...turnOf(resources, payment) };
}
