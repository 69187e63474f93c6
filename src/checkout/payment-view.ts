import { z } from 'zod';
import { listBookingsOfPayment } from '../bookings/booking-store.ts';
import { BookingSchema, bookingView } from '../bookings/booking-view.ts';
import { findHold } from '../holds/hold-store.ts';
import { type Payment, listPaymentsOfHold } from '../payments/payment-store.ts';
import { listRefundsOfPayment } from '../payments/refund-store.ts';
import type { Resources } from '../resources.ts';
import { turnOf } from './turn.ts';

/** A payment as the API shows it to its buyer. */
export const PaymentSchema = z
  .object({
    id: z.uuid(),
    holdId: z.uuid(),
    eventId: z.uuid(),
    status: z.enum(['pending', 'paid', 'refunding', 'refunded', 'failed', 'expired']),
    amount: z.int().meta({ description: 'In minor units of the currency.' }),
    currency: z.string(),
    refundedAmount: z.int(),
    refundReason: z.string().nullable().meta({
      description:
        'Why all of the money goes back: `seats_gone`, `duplicate`, `event_cancelled`, `amount_mismatch` and others; null when it does not.',
    }),
    url: z.string().nullable().meta({ description: 'Where to pay, while it can be paid.' }),
    expiresAt: z.iso.datetime().nullable().meta({ description: 'Until when it can be paid.' }),
    queuePosition: z.int().optional(),
    estimatedWaitSeconds: z.int().optional(),
    bookings: z.array(BookingSchema),
    message: z.string().optional().meta({ description: 'For the buyer, in plain words.' }),
  })
  .meta({ id: 'Payment' });
export type PaymentView = z.input<typeof PaymentSchema>;

/** A payment that another has replaced, since Stripe would make no session for it, is shown as the one that did. */
export async function currentPayment(resources: Resources, payment: Payment): Promise<Payment> {
  if (payment.status !== 'failed' || payment.sessionId !== null) return payment;
  const payments = await listPaymentsOfHold(resources.db, payment);
  const at = payments.findIndex((other) => other.paymentId === payment.paymentId);
  return payments.slice(at + 1).find((other) => other.status !== 'failed') ?? payment;
}

export async function paymentView(resources: Resources, payment: Payment): Promise<PaymentView> {
  const { db } = resources;
  const isPending = payment.status === 'pending';
  const [bookings, hold, refunds] = await Promise.all([
    listBookingsOfPayment(db, payment.paymentId),
    isPending ? findHold(db, payment.holdId) : null,
    isPending ? [] : listRefundsOfPayment(db, payment.paymentId),
  ]);
  const hasBookings = bookings.some((booking) => booking.status === 'confirmed');
  const reason = refunds.at(0)?.reason ?? null;
  const message = messageFor(payment, reason, hasBookings);
  return {
    id: payment.paymentId,
    holdId: payment.holdId,
    eventId: payment.eventId,
    status: payment.status,
    amount: payment.amount,
    currency: payment.currency,
    refundedAmount: payment.refundedAmount,
    refundReason: hasBookings ? null : reason,
    url: isPending ? payment.url : null,
    expiresAt: hold?.expiresAt.toISOString() ?? null,
    ...(isPending && payment.sessionId === null ? turnOf(resources, payment) : {}),
    bookings: bookings.map(bookingView),
    ...(message === null ? {} : { message }),
  };
}

/** The page that shows the result of a payment. */
export function resultUrl(
  { config }: Pick<Resources, 'config'>,
  payment: { eventId: string; paymentId: string },
): string {
  return `${config.http.baseUrl}/events/${payment.eventId}/payments/${payment.paymentId}`;
}

const REFUND_WORDS: Readonly<Record<string, string>> = {
  seats_gone:
    'Your payment came after your time for the seats was over, and someone else has them now. You get all of your money back.',
  duplicate: 'These seats were paid for already. You get the money of this second payment back.',
  event_cancelled: 'The event was cancelled. You get all of your money back.',
  amount_mismatch: 'The amount paid was not the price of the seats. You get all of your money back.',
  currency_mismatch: 'The amount paid was not the price of the seats. You get all of your money back.',
};

function messageFor(payment: Payment, refundReason: string | null, hasBookings: boolean): string | null {
  switch (payment.status) {
    case 'pending':
      return payment.sessionId === null
        ? 'Many are paying right now. Your seats stay held until it is your turn.'
        : null;
    case 'expired':
      return 'This payment was ended before it was paid. Nothing was charged.';
    case 'failed':
      return 'The payment did not go through. Nothing was charged.';
    case 'paid':
      return messageForPaid(payment);
    case 'refunding':
    case 'refunded':
      if (hasBookings) return 'A part of the payment was given back.';
      return REFUND_WORDS[refundReason ?? ''] ?? 'The payment was given back.';
  }
}

function messageForPaid(payment: Payment): string | null {
  if (payment.flag === 'refund_failed')
    return 'A refund could not be made to your card. We have been told, and will be in touch.';
  return payment.fulfilledAt === null ? 'Your payment has arrived. We are booking your seats.' : null;
}
