import { setTimeout as wait } from 'node:timers/promises';
import { type HoldAnswer, type PaymentAnswer, isSettled, readAnswer } from '../answers.ts';
import { nowMs } from '../ledger.ts';
import { ask } from './ask.ts';
import { type Buyer, type Crowd, chance, pick } from './crowd.ts';

const DECLINED_CARD = '4000000000000002';
/** Its refunds are pending at first. */
const SLOW_REFUND_CARD = '4000000000007726';
const ASKS_AFTER_MS = 250;
/** How long after the end of the time for paying a late payer comes, at most. */
const LATE_BY_MS = 1_500;

export type AtStripe = { readonly paymentId: string; readonly sessionId: string; readonly untilMs: number };

/** Goes to pay, and then pays, is declined first, pays late, comes back, or goes away. */
export async function checkOutAndPay(crowd: Crowd, buyer: Buyer, hold: HoldAnswer): Promise<void> {
  const at = await checkOut(crowd, buyer, hold);
  if (at === null) return;
  const does = buyer.random();
  if (does < 0.1) return; // Goes away.
  if (does < 0.2) return await leave(crowd, buyer, hold);
  if (does < 0.35)
    await wait(Math.max(0, Math.min(crowd.endMs, at.untilMs + buyer.random() * LATE_BY_MS) - nowMs()));
  if (does > 0.85) await pressPay(crowd, buyer, at, DECLINED_CARD);
  const card = chance(buyer, 0.2) ? SLOW_REFUND_CARD : undefined;
  if ((await pressPay(crowd, buyer, at, card)) !== 'complete') return;
  const payment = await followPayment(crowd, buyer, at.paymentId, isSettled);
  const booking = pick(buyer, payment?.bookings.filter(({ status }) => status === 'confirmed') ?? []);
  if (booking !== undefined && chance(buyer, 0.25)) await cancel(crowd, buyer, booking.id);
}

export async function checkOut(crowd: Crowd, buyer: Buyer, { id }: HoldAnswer): Promise<AtStripe | null> {
  const { status, body } = await ask(crowd, buyer, {
    call: 'check-out',
    asked: { holdId: id },
    method: 'POST',
    path: `/api/holds/${id}/checkout`,
    body: {},
    isRepeatable: true,
  });
  const ready = readAnswer.checkout(body);
  if (status === 200 && ready !== null)
    return {
      paymentId: ready.paymentId,
      sessionId: sessionIn(ready.url),
      untilMs: Date.parse(ready.expiresAt),
    };
  const waiting = readAnswer.waiting(body);
  if (status !== 202 || waiting === null) return null;
  const payment = await followPayment(
    crowd,
    buyer,
    waiting.paymentId,
    ({ url, status: is }) => url !== null || is !== 'pending',
  );
  if (payment === null || payment.url === null) return null;
  return { paymentId: payment.id, sessionId: sessionIn(payment.url), untilMs: nowMs() + LATE_BY_MS };
}

function sessionIn(url: string): string {
  return /cs_test_\w+/.exec(url)?.[0] ?? '';
}

export async function pressPay(
  crowd: Crowd,
  buyer: Buyer,
  { sessionId }: AtStripe,
  card?: string,
): Promise<string> {
  const sentMs = nowMs();
  const result = await crowd.standIn.pay(sessionId, card);
  crowd.ledger.note({
    buyer: buyer.number,
    call: 'pay',
    asked: { sessionId },
    sentMs,
    answeredMs: nowMs(),
    status: 200,
    isCertain: true,
    body: { result },
  });
  return result;
}

/** The payment once `isDone`, or null when it was time to go home before. */
export async function followPayment(
  crowd: Crowd,
  buyer: Buyer,
  paymentId: string,
  isDone: (payment: PaymentAnswer) => boolean,
): Promise<PaymentAnswer | null> {
  while (nowMs() < crowd.endMs) {
    const { status, body } = await ask(crowd, buyer, {
      call: 'find-payment',
      asked: { paymentId },
      method: 'GET',
      path: `/api/payments/${paymentId}`,
    });
    const payment = status === 200 ? readAnswer.payment(body) : null;
    if (payment !== null && isDone(payment)) return payment;
    await wait(ASKS_AFTER_MS);
  }
  return null;
}

export async function leave(crowd: Crowd, buyer: Buyer, { id }: HoldAnswer): Promise<void> {
  await ask(crowd, buyer, {
    call: 'leave-checkout',
    asked: { holdId: id },
    method: 'DELETE',
    path: `/api/holds/${id}/checkout`,
  });
}

export async function cancel(crowd: Crowd, buyer: Buyer, bookingId: string): Promise<void> {
  await ask(crowd, buyer, {
    call: 'cancel',
    asked: { bookingId },
    method: 'DELETE',
    path: `/api/bookings/${bookingId}`,
  });
}
