import type { PaymentStatus } from '../../db/schema.ts';

/**
 * What may become of a payment. `failed -> paid` and `expired -> paid` are Stripe's late word: money that came after
 * we had given up. `refunding -> paid` when some of the money was given back, or a refund failed;
 * `refunded -> paid` when a refund that had succeeded came back from the bank.
 */
export const PAYMENT_TRANSITIONS = {
  pending: ['paid', 'failed', 'expired'],
  failed: ['paid'],
  expired: ['paid'],
  paid: ['refunding', 'refunded'],
  refunding: ['paid', 'refunded'],
  refunded: ['paid', 'refunding'],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>;

/** @throws Error when the table does not allow the change: a fault of ours, not of the caller. */
export function assertPaymentTransition(from: readonly PaymentStatus[], to: PaymentStatus): void {
  const wrong = from.filter(
    (status) => !(PAYMENT_TRANSITIONS[status] as readonly PaymentStatus[]).includes(to),
  );
  if (wrong.length > 0) throw new Error(`A payment may not go from ${wrong.join(', ')} to ${to}.`);
}

/** What the refunds of a payment come to, in minor units. */
export type RefundSums = { readonly open: number; readonly succeeded: number };

/** The state of captured money, given its refunds. */
export function statusAfterRefunds(
  capturedAmount: number,
  sums: RefundSums,
): 'paid' | 'refunding' | 'refunded' {
  if (sums.open > 0) return 'refunding';
  return sums.succeeded > 0 && sums.succeeded >= capturedAmount ? 'refunded' : 'paid';
}

/** Why a person should look at a payment (`payments.flag`). */
export type PaymentFlag =
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'foreign_session'
  | 'second_session'
  | 'refund_failed'
  | 'refunded_outside'
  | 'disputed';
