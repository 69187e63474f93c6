import { z } from 'zod';

const HoldShape = z.object({
  id: z.string(),
  status: z.enum(['queued', 'held', 'checkout', 'booked', 'rejected', 'released', 'expired']),
  seats: z.array(z.object({ id: z.int() })),
  expiresAt: z.iso.datetime(),
  pendingSeatIds: z.array(z.int()).optional(),
});
const PaymentShape = z.object({
  id: z.string(),
  status: z.enum(['pending', 'paid', 'refunding', 'refunded', 'failed', 'expired']),
  url: z.string().nullable(),
  bookings: z.array(z.object({ id: z.string(), status: z.string(), seat: z.object({ id: z.int() }) })),
});
const CheckoutShape = z.object({ url: z.string(), paymentId: z.string(), expiresAt: z.iso.datetime() });
const WaitingShape = z.object({ paymentId: z.string(), status: z.literal('waiting') });
const SeatsShape = z.object({ seats: z.string() });
const ProblemShape = z.object({ code: z.string() });

export type HoldAnswer = z.output<typeof HoldShape>;
export type PaymentAnswer = z.output<typeof PaymentShape>;

/** What a body says, or null when it is none of that kind. */
export const readAnswer = {
  hold: (body: unknown) => HoldShape.safeParse(body).data ?? null,
  payment: (body: unknown) => PaymentShape.safeParse(body).data ?? null,
  checkout: (body: unknown) => CheckoutShape.safeParse(body).data ?? null,
  waiting: (body: unknown) => WaitingShape.safeParse(body).data ?? null,
  letters: (body: unknown) => SeatsShape.safeParse(body).data?.seats ?? null,
  code: (body: unknown) => ProblemShape.safeParse(body).data?.code ?? null,
};

export function isSettled(payment: PaymentAnswer): boolean {
  if (payment.status === 'pending') return false;
  return payment.status !== 'paid' || payment.bookings.length > 0;
}
