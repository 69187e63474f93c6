import { readBooking } from './bookings.ts';
import { listOf, number, oneOf, orNull, shape, text } from './read.ts';
import { requestAsUser } from './session.ts';

const readCheckout = shape({
  paymentId: text,
  url: orNull(text),
  status: orNull(text),
  queuePosition: orNull(number),
  estimatedWaitSeconds: orNull(number),
});
const readPayment = shape({
  id: text,
  holdId: orNull(text),
  eventId: text,
  status: oneOf('pending', 'paid', 'refunding', 'refunded', 'failed', 'expired'),
  amount: number,
  currency: text,
  refundedAmount: orNull(number),
  url: orNull(text),
  expiresAt: orNull(text),
  queuePosition: orNull(number),
  estimatedWaitSeconds: orNull(number),
  bookings: listOf(readBooking),
  refundReason: orNull(text),
});

export type Checkout = ReturnType<typeof readCheckout>;
export type Payment = ReturnType<typeof readPayment>;

/** Begins to pay for a hold. Without a `url` the payment waits for its turn: ask `getPayment` until it has one. */
export async function beginCheckout(holdId: string, idempotencyKey: string): Promise<Checkout> {
  const reply = await requestAsUser(`/api/holds/${holdId}/checkout`, {
    method: 'POST',
    body: {},
    idempotencyKey,
  });
  return readCheckout(reply.body, 'checkout');
}

export async function getPayment(paymentId: string, signal?: AbortSignal): Promise<Payment> {
  return readPayment((await requestAsUser(`/api/payments/${paymentId}`, { signal })).body, 'payment');
}
