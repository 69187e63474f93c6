import { z } from 'zod';
import { BookingSchema, bookingView } from '../bookings/booking-view.ts';
import { BOOKING_PROBLEMS } from '../bookings/problems.ts';
import { findHoldView } from '../holds/find-hold.ts';
import { HoldSchema } from '../holds/hold-view.ts';
import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { cancelOwnBooking } from './cancel-booking.ts';
import { checkOut } from './check-out.ts';
import { leaveCheckout } from './end-checkout.ts';
import { PaymentSchema } from './payment-view.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';
import { showPayment } from './show-payment.ts';

const EMAIL_LENGTH_MAX = 254;
const RETRY_SECONDS_MAX = 5;

const { hold_not_found, hold_not_open, hold_not_ready, already_paid, payment_processing, event_cancelled } =
  CHECKOUT_PROBLEMS;
const { checkout_refused, checkout_busy, stripe_unreachable, payment_not_found } = CHECKOUT_PROBLEMS;

export const checkoutRoutes: readonly AnyRoute<Resources>[] = [
  defineRoute({
    method: 'post',
    path: '/api/holds/:holdId/checkout',
    operationId: 'checkOut',
    summary: 'Pay for a hold',
    description:
      'The price is computed here, and nothing of it is taken from the request. Send the browser to `url`. While a payment of the hold is open, the same one is answered again.',
    tags: ['checkout'],
    auth: 'required',
    params: idParams('holdId'),
    body: z
      .object({
        email: z
          .email()
          .max(EMAIL_LENGTH_MAX)
          .optional()
          .meta({ description: 'Where Stripe sends the receipt.' }),
      })
      .meta({ id: 'CheckoutRequest' }),
    answers: {
      200: {
        description: 'Where to pay',
        schema: z
          .object({ url: z.url(), paymentId: z.uuid(), expiresAt: z.iso.datetime() })
          .meta({ id: 'Checkout' }),
      },
      202: {
        description:
          'So many pay at once that it is not your turn yet; the seats stay held. Ask again at `Location`.',
        schema: z
          .object({
            paymentId: z.uuid(),
            status: z.literal('waiting'),
            queuePosition: z.int(),
            estimatedWaitSeconds: z.int(),
          })
          .meta({ id: 'CheckoutWaiting' }),
      },
    },
    problems: [
      hold_not_found,
      hold_not_open,
      hold_not_ready,
      already_paid,
      payment_processing,
      event_cancelled,
      checkout_refused,
      checkout_busy,
    ],
    handle: async (resources: Resources, { identity, params, body }) => {
      const answer = await checkOut(resources, {
        holdId: params.holdId,
        userId: identity.userId,
        email: body.email ?? null,
      });
      const { outcome, ...rest } = answer;
      if (outcome === 'ready') return { status: 200, body: rest };
      const retryAfter = Math.min(RETRY_SECONDS_MAX, answer.estimatedWaitSeconds);
      return {
        status: 202,
        headers: { location: `/api/payments/${answer.paymentId}`, 'retry-after': String(retryAfter) },
        body: { ...rest, status: 'waiting' },
      };
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/api/holds/:holdId/checkout',
    operationId: 'leaveCheckout',
    summary: 'Go back from paying to choosing',
    description: 'Ends the payment at Stripe first. The seats stay yours for the time that is left.',
    tags: ['checkout'],
    auth: 'required',
    params: idParams('holdId'),
    answers: { 200: { description: 'The hold', schema: HoldSchema } },
    problems: [hold_not_found, already_paid, payment_processing, stripe_unreachable],
    handle: async (resources: Resources, { identity, params }) => {
      const hold = { holdId: params.holdId, userId: identity.userId };
      await leaveCheckout(resources, hold);
      return { status: 200, body: await findHoldView(resources, hold) };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/payments/:paymentId',
    operationId: 'findPayment',
    summary: 'A payment of yours, and what came of it',
    description:
      'The page that Stripe sends the buyer back to asks this until the status is not `pending`: it asks Stripe itself, and need not wait for the webhook.',
    tags: ['checkout'],
    auth: 'required',
    params: idParams('paymentId'),
    answers: { 200: { description: 'The payment', schema: PaymentSchema } },
    problems: [payment_not_found],
    handle: async (resources: Resources, { identity, params }) => ({
      status: 200,
      body: await showPayment(resources, { paymentId: params.paymentId, userId: identity.userId }),
    }),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/bookings/:bookingId',
    operationId: 'cancelBooking',
    summary: 'Cancel a booking and get its price back',
    tags: ['bookings'],
    auth: 'required',
    params: idParams('bookingId'),
    answers: { 200: { description: 'Cancelled; the refund is on its way', schema: BookingSchema } },
    problems: [BOOKING_PROBLEMS.booking_not_found, BOOKING_PROBLEMS.not_refundable],
    handle: async (resources: Resources, { identity, params }) => ({
      status: 200,
      body: bookingView(
        await cancelOwnBooking(resources, { bookingId: params.bookingId, userId: identity.userId }),
      ),
    }),
  }),
];
