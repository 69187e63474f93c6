import { type PaymentId, newId } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import {
  type NewPayment,
  type Payment,
  insertPayments,
  markFulfilled,
  movePayment,
} from './payment-store.ts';
import { buildSessionRequest } from './stripe-sessions.ts';

export type PaymentOrder = {
  readonly eventId: string;
  readonly holdId: string;
  readonly userId: string;
  readonly currency: string;
  /** In minor units; their sum is what is to be paid. */
  readonly lines: readonly {
    readonly name: string;
    readonly description?: string;
    readonly amount: number;
  }[];
  readonly customerEmail: string | null;
  readonly urls: (paymentId: PaymentId) => { readonly successUrl: string; readonly cancelUrl: string };
  /** Kept with the payment for its owner, as JSON. */
  readonly order: unknown;
  readonly nowMs: number;
};

/**
 * How long a session may be paid at Stripe: at least 30 minutes from its creation (docs.stripe.com/api/checkout/sessions),
 * and a request may wait for its slot in Stripe's rate before. We end sessions sooner by asking for it.
 */
export const SESSION_LIFETIME_MS = 45 * 60_000;
/** The longest a request may wait for its slot, so that `expires_at` as frozen is still 30 minutes ahead. */
export const SESSION_WAIT_MS_MAX = 14 * 60_000;

/**
 * A payment with its request to Stripe, which is frozen with it, so that every retry, by whatever process, repeats it to
 * the letter under the same idempotency key and can make one session only. Nothing is written or sent.
 */
export function newPayment(order: PaymentOrder): NewPayment {
  const paymentId: PaymentId = newId();
  const request = buildSessionRequest({
    paymentId,
    reference: order.holdId,
    currency: order.currency,
    lines: order.lines,
    customerEmail: order.customerEmail,
    ...order.urls(paymentId),
    expiresAtMs: order.nowMs + SESSION_LIFETIME_MS,
  });
  const { eventId, holdId, userId, currency } = order;
  return {
    paymentId,
    eventId,
    holdId,
    userId,
    currency,
    order: order.order,
    amount: order.lines.reduce((total, line) => total + line.amount, 0),
    idempotencyKey: sessionKey(paymentId),
    request,
  };
}

/** Writes a payment of nothing, which needs no Stripe: it is paid and done with the transaction. */
export async function startFreePayment(
  tx: Tx,
  order: Omit<PaymentOrder, 'lines' | 'urls' | 'customerEmail' | 'nowMs'>,
): Promise<PaymentId> {
  const paymentId: PaymentId = newId();
  await insertPayments(tx, [
    { ...order, paymentId, amount: 0, idempotencyKey: sessionKey(paymentId), request: null },
  ]);
  await movePayment(tx, { paymentId, from: ['pending'], to: 'paid' });
  await markFulfilled(tx, [paymentId]);
  return paymentId;
}

/**
 * Replaces a payment whose session Stripe would not make (the frozen expiry came too near, or Stripe failed and
 * remembers that under the key) by a new one for the same order, with a key of its own. Should the first session
 * exist after all, its metadata names the first payment.
 */
export async function restartPayment(tx: Tx, payment: Payment, nowMs: number): Promise<PaymentId> {
  const paymentId: PaymentId = newId();
  const request = JSON.parse(JSON.stringify(payment.request).replaceAll(payment.paymentId, paymentId));
  await insertPayments(tx, [
    {
      ...payment,
      paymentId,
      idempotencyKey: sessionKey(paymentId),
      request: { ...request, expires_at: Math.floor((nowMs + SESSION_LIFETIME_MS) / 1000) },
    },
  ]);
  return paymentId;
}

function sessionKey(paymentId: string): string {
  return `cs:${paymentId}`;
}
