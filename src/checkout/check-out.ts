import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { requestSession, type SessionTurn } from '../payments/open-checkout-session.ts';
import { findPayment, type Payment } from '../payments/payment-store.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import { sendReplies } from '../platform/replies.ts';
import type { Resources } from '../resources.ts';
import { type BeginCheckout, beginCheckout } from './begin-checkout.ts';
import { endCheckout } from './end-checkout.ts';
import { type OpenedCheckout, openCheckout } from './open-checkout.ts';
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
  return answerOf(
    resources,
    begun.paymentId,
    await askForSession(resources, begun.paymentId, command.holdId),
  );
}

/** What a worker answers to the server that waits; null when there was no answer in time. */
const Opened = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('opened'), paymentId: z.string(), url: z.string(), expiresAt: z.string() }),
    z.object({ outcome: z.literal('refused'), paymentId: z.string(), reason: z.string() }),
    z.object({ outcome: z.literal('over'), paymentId: z.string() }),
  ])
  .nullable();

async function askForSession(
  resources: Resources,
  paymentId: string,
  holdId: string,
): Promise<OpenedCheckout | null> {
  const question = newId();
  const reply = resources.replies.expect(question);
  let turn: SessionTurn;
  try {
    turn = await requestSession(resources, {
      paymentId,
      replyTo: { address: resources.replies.address, question },
      attempt: question,
    });
  } catch (error) {
    // Redis is away: this server asks Stripe itself.
    reply.cancel();
    resources.log.warn({ paymentId, err: error }, 'checkout.not-queued');
    return openCheckout(resources, paymentId, false);
  }
  if (turn.outcome === 'full') {
    reply.cancel();
    await endCheckout(resources, { holdId });
    throw new Problem(
      CHECKOUT_PROBLEMS.checkout_busy,
      'So many are paying that your turn would come too late. Your seats are still held: try again.',
    );
  }
  if (turn.waitMs > TURN_WAIT_MS_MAX) {
    reply.cancel();
    return null;
  }
  return Opened.parse(await reply.within(turn.waitMs + STRIPE_WAIT_MS_MAX));
}

/** The job `payment.session-requested`: opens the checkout, and answers the server that waits for it. */
export async function openRequestedCheckout(
  resources: Resources,
  job: { paymentId: string; isReserved: boolean; replyTo: { address: string; question: string } | null },
): Promise<void> {
  const opened = await openCheckout(resources, job.paymentId, job.isReserved);
  if (job.replyTo !== null)
    await sendReplies(resources.redis, job.replyTo.address, [[job.replyTo.question, opened]]);
  crashPoint('session.replied');
}

async function answerOf(
  resources: Resources,
  paymentId: string,
  opened: OpenedCheckout | null,
): Promise<CheckoutAnswer> {
  if (opened === null) return waiting(resources, paymentId);
  if (opened.outcome === 'opened') return { ...opened, outcome: 'ready' };
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
