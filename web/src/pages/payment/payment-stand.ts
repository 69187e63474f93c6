import type { Booking } from '../../api/bookings.ts';
import type { Payment } from '../../api/payments.ts';

/** What the buyer is to be told of a payment. */
export type PaymentStand =
  | 'booked'
  | 'confirming'
  | 'unpaid'
  | 'waiting'
  | 'failed'
  | 'expired'
  | 'refunding'
  | 'refunded';

/** Stripe sends back only those who have paid, with this in the address. */
const hasComeFromStripe = (): boolean => new URLSearchParams(location.search).get('from') === 'stripe';

export function standOf(payment: Payment): PaymentStand {
  switch (payment.status) {
    case 'paid':
      return payment.bookings.length > 0 ? 'booked' : 'confirming';
    case 'pending':
      if (hasComeFromStripe()) return 'confirming';
      return payment.url === null ? 'waiting' : 'unpaid';
    case 'refunding':
    case 'refunded':
      // A part was given back, for a seat that was cancelled: the others are booked.
      return confirmedOf(payment).length > 0 ? 'booked' : payment.status;
    default:
      return payment.status;
  }
}

/** Whether it can still become something else without the buyer. */
export function isMoving(payment: Payment): boolean {
  const stand = standOf(payment);
  return stand !== 'booked' && stand !== 'failed' && stand !== 'expired' && stand !== 'refunded';
}

export function confirmedOf(payment: Payment): Booking[] {
  return payment.bookings.filter((booking) => booking.status === 'confirmed');
}
