import { setTimeout as wait } from 'node:timers/promises';
import type { Buyer, BuyerEnd, HeldSeat } from './buyer.ts';
import type { HttpAnswer } from './http-caller.ts';
import type { Crowd } from './run-rush.ts';

const POLL_MS = 150;
const POLL_MS_MAX = 1_500;
/** Milliseconds between our clock and the server's that are nobody's fault. */
const CLOCK_MARGIN_MS = 1_000;

/** Goes through checkout, presses pay on the stand-in, and waits until there is a booking. */
export async function payForHold(crowd: Crowd, buyer: Buyer, hold: HeldSeat): Promise<BuyerEnd | 'lost'> {
  const startedMs = performance.now();
  const begun = await beginCheckout(crowd, buyer, hold);
  if (begun === null) return 'lost';
  const { paymentId, url } = begun;
  const sessionId = /cs_(?:test|live)_\w+/.exec(url)?.[0] ?? '';
  const paid = await crowd.standIn.call('POST', `/_control/sessions/${sessionId}/pay`, { body: {} });
  if (paid.body?.result !== 'complete') {
    crowd.tally.problems.push(
      `The session of payment ${paymentId} could not be paid: ${JSON.stringify(paid.body)}`,
    );
    return 'lost';
  }
  const payment = await pollPayment(
    crowd,
    buyer,
    paymentId,
    (body) => body.status !== 'pending' && isSettled(body),
  );
  if (payment === null) {
    crowd.tally.problems.push(`Payment ${paymentId} was paid and never settled`);
    return 'unanswered';
  }
  if (payment.status !== 'paid' || payment.bookings.length === 0) {
    crowd.tally.refunded += 1;
    return 'lost';
  }
  crowd.tally.saleMs.push(performance.now() - startedMs);
  crowd.tally.soldSeatIds.push(
    ...payment.bookings.map((booking: { seat: { id: number } }) => booking.seat.id),
  );
  return 'sold';
}

function isSettled(body: HttpAnswer['body']): boolean {
  return body.status !== 'paid' || body.bookings.length > 0;
}

type Begun = { readonly paymentId: string; readonly url: string };

async function beginCheckout(crowd: Crowd, buyer: Buyer, hold: HeldSeat): Promise<Begun | null> {
  const path = `/api/holds/${hold.holdId}/checkout`;
  let answer = await crowd.http.call('POST', path, { token: buyer.token, body: {} });
  while (isTooEarly(answer) && performance.now() < crowd.deadlineMs) {
    await wait(POLL_MS);
    answer = await crowd.http.call('POST', path, { token: buyer.token, body: {} });
  }
  const { status, body } = answer;
  if (status === 200) return { paymentId: String(body.paymentId), url: String(body.url) };
  if (status === 202) return await awaitTurn(crowd, buyer, String(body.paymentId));
  if (performance.now() < hold.expiresAtMs - CLOCK_MARGIN_MS) {
    const what = `${status} ${body?.code ?? ''}`;
    crowd.tally.brokenPromises.push(
      `Hold ${hold.holdId}: checkout answered ${what} before its time was over`,
    );
  }
  return null;
}

function isTooEarly({ status, body }: HttpAnswer): boolean {
  return status === 409 && body?.code === 'hold_not_ready';
}

/** Answered 202: Stripe's rate is used up, and the payment page comes later. */
async function awaitTurn(crowd: Crowd, buyer: Buyer, paymentId: string): Promise<Begun | null> {
  const payment = await pollPayment(
    crowd,
    buyer,
    paymentId,
    (body) => body.url !== null || body.status !== 'pending',
  );
  return typeof payment?.url === 'string' ? { paymentId: String(payment.id), url: payment.url } : null;
}

/** The payment once `isDone`, or null when it never was. */
async function pollPayment(
  crowd: Crowd,
  buyer: Buyer,
  paymentId: string,
  isDone: (body: HttpAnswer['body']) => boolean,
): Promise<HttpAnswer['body']> {
  for (
    let waitMs = POLL_MS;
    performance.now() < crowd.deadlineMs;
    waitMs = Math.min(POLL_MS_MAX, waitMs * 1.4)
  ) {
    const { status, body } = await crowd.http.call('GET', `/api/payments/${paymentId}`, {
      token: buyer.token,
    });
    if (status === 200 && isDone(body)) return body;
    await wait(waitMs * (0.5 + buyer.random()));
  }
  return null;
}
