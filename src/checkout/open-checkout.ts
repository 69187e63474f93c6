import { findHold, lockHold } from '../holds/hold-store.ts';
import { closeUnpaid } from '../payments/close-unpaid.ts';
import { expireSession } from '../payments/expire-session.ts';
import { openCheckoutSession } from '../payments/open-checkout-session.ts';
import {
  type Payment,
  type PaymentKey,
  findPayment,
  lockPayment,
  markFulfilled,
  movePayment,
  storeSession,
} from '../payments/payment-store.ts';
import { type Session, storeSessions } from '../payments/payments-together-store.ts';
import { SESSION_WAIT_MS_MAX, restartPayment } from '../payments/start-payment.ts';
import type { SessionFacts } from '../payments/stripe-sessions.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { joinCalls } from '../platform/join-calls.ts';
import { inTransaction, retryRolledBack } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { listSeatsOfHold } from '../seats/seat-store.ts';
import { restartWindow } from './begin-checkout.ts';
import { completeCheckout } from './complete-checkout.ts';
import { settleCheckout } from './settle-checkout.ts';
import { lockInRedis } from './tell-changes.ts';

export type OpenedCheckout =
  | {
      readonly outcome: 'opened';
      readonly paymentId: string;
      readonly url: string;
    }
  /** Stripe won't take it; the hold is the buyer's again. */
  | { readonly outcome: 'refused'; readonly paymentId: string; readonly reason: string }
  /** The payment waits for no session (any more). */
  | { readonly outcome: 'over'; readonly paymentId: string };

/** What has to be known of a payment to get it a session. */
export type PaymentToOpen = PaymentKey & Pick<Payment, 'request' | 'idempotencyKey' | 'tries'>;

const ATTEMPTS_MAX = 3;
/** A worker that is busy comes to a turn so much too late. */
const TURN_LATE_MS_MAX = 60_000;

/** The job `payment.session-requested`: its buyer has waited, and gets the whole time at Stripe. */
export async function openRequestedCheckout(
  resources: Resources,
  job: { paymentId: string; isReserved: boolean },
): Promise<void> {
  const payment = await findPayment(resources.db, job.paymentId);
  if (payment?.status !== 'pending') return;
  if (payment.sessionId === null && mayStillWait(payment, resources))
    await giveWholeWindow(resources, payment);
  await openCheckout(resources, job.paymentId, job.isReserved);
  crashPoint('session.job-done');
}

/** While Stripe is away the job is tried for as long as that takes, and must not keep the seats from everybody meanwhile. */
function mayStillWait({ createdAt }: Payment, { clock }: Resources): boolean {
  return clock.nowMs() < createdAt.getTime() + SESSION_WAIT_MS_MAX + TURN_LATE_MS_MAX;
}

async function giveWholeWindow(resources: Resources, { eventId, holdId, userId }: Payment): Promise<void> {
  const seatIds = await inTransaction(resources.db, async (tx) => {
    const hold = await lockHold(tx, eventId, holdId);
    if (hold?.status !== 'checkout') return null;
    await restartWindow(tx, resources, hold);
    return (await listSeatsOfHold(tx, hold)).map((seat) => seat.seatId);
  });
  if (seatIds === null) return;
  crashPoint('session.turn-come');
  const ttlMs = resources.config.holds.checkoutWindowMs;
  await lockInRedis(resources, { eventId, holdId, userId, seatIds, ttlMs });
  crashPoint('session.locked');
}

/**
 * Gets the payment its session at Stripe. No row is locked while Stripe is asked, so what came of the payment meanwhile
 * is looked at afterwards: a session that came too late is ended before anyone sees it.
 * @throws StripeFailure when it is to be tried again, with the same idempotency key and the same request.
 */
export async function openCheckout(
  resources: Resources,
  paymentId: string,
  isReserved: boolean,
  attempt = 1,
): Promise<OpenedCheckout> {
  const payment = await findPayment(resources.db, paymentId);
  if (payment === null || payment.status !== 'pending') return { outcome: 'over', paymentId };
  if (payment.sessionId !== null) return opened(resources, payment);
  return openFor(resources, payment, isReserved, attempt);
}

/** The same for a payment that was read, or made, just now. */
export async function openFor(
  resources: Resources,
  payment: PaymentToOpen,
  isReserved: boolean,
  attempt = 1,
): Promise<OpenedCheckout> {
  const { paymentId } = payment;
  const result = await openCheckoutSession(resources, payment, isReserved);
  crashPoint('session.created');
  if (result.outcome === 'opened') return keepSession(resources, payment, result.session);
  if (result.outcome === 'restart' && attempt < ATTEMPTS_MAX) {
    const replacement = await replacePayment(resources, payment, result.reason);
    return replacement === null
      ? { outcome: 'over', paymentId }
      : openCheckout(resources, replacement, false, attempt + 1);
  }
  resources.log.error({ paymentId, holdId: payment.holdId, reason: result.reason }, 'checkout.refused');
  if (await closeUnpaid(resources, { paymentId, sessionId: null, to: 'failed', reason: result.reason }))
    await completeCheckout(resources, payment);
  return { outcome: 'refused', paymentId, reason: result.reason };
}

async function keepSession(
  resources: Resources,
  payment: PaymentKey,
  session: SessionFacts,
): Promise<OpenedCheckout> {
  const { paymentId, eventId, holdId } = payment;
  const { sessionId, url, expiresAt } = session;
  // A hold leaves checkout only when none of its payments waits for money: as long as this one does, it has its seats.
  if (!(await keep(resources)({ paymentId, sessionId, url, expiresAt })))
    return endLateSession(resources, payment, session);
  crashPoint('session.stored');
  resources.log.info({ paymentId, holdId, eventId, sessionId }, 'checkout.opened');
  return { outcome: 'opened', paymentId, url: url ?? '' };
}

/** false when the payment waits for no session any more. */
const keep = onePer(({ db, log }: Resources) =>
  joinCalls<Session, boolean>(log, {
    name: 'sessions.stored',
    doneAt: 'lot.session-stored',
    together: async (sessions) =>
      (await storeSessions(db, sessions)).map((isStored) => isStored || undefined),
    alone: (session) => retryRolledBack(() => storeSession(db, session)),
  }),
);

/** The hold was given up, or paid, before we heard of the session. Should it have been paid, the money is acted on. */
async function endLateSession(
  resources: Resources,
  { paymentId }: PaymentKey,
  session: SessionFacts,
): Promise<OpenedCheckout> {
  const word = await expireSession(resources, session);
  if (word === 'paid') await settleCheckout(resources, paymentId, session.sessionId);
  resources.log.warn({ paymentId, sessionId: session.sessionId, word }, 'checkout.session-too-late');
  return { outcome: 'over', paymentId };
}

async function opened(resources: Resources, payment: Payment): Promise<OpenedCheckout> {
  const { paymentId, url, holdId } = payment;
  const hold = await findHold(resources.db, holdId);
  if (hold?.status !== 'checkout' || url === null) return { outcome: 'over', paymentId };
  return { outcome: 'opened', paymentId, url };
}

/** A new payment, with an idempotency key of its own, takes the place of one that Stripe will make no session for. */
async function replacePayment(
  resources: Resources,
  payment: PaymentKey,
  reason: string,
): Promise<string | null> {
  const { paymentId, eventId, holdId } = payment;
  const replacement = await inTransaction(resources.db, async (tx) => {
    const hold = await lockHold(tx, eventId, holdId);
    const locked = await lockPayment(tx, paymentId);
    if (hold?.status !== 'checkout' || locked === null || locked.sessionId !== null) return null;
    if (!(await movePayment(tx, { paymentId, from: ['pending'], to: 'failed', set: { last_error: reason } })))
      return null;
    await markFulfilled(tx, [paymentId]);
    return restartPayment(tx, locked, resources.clock.nowMs());
  });
  resources.log.warn({ paymentId, replacement, reason }, 'checkout.payment-replaced');
  return replacement;
}
