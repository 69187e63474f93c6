import type { BookingStatus } from '../../db/schema.ts';

/** What may become of a booking: a seat that was sold. Only a confirmed one has its seat. */
export const BOOKING_TRANSITIONS = {
  confirmed: ['cancelled', 'transferred'],
  cancelled: [],
  transferred: [],
} as const satisfies Record<BookingStatus, readonly BookingStatus[]>;

/** @throws Error when the table does not allow the change: a fault of ours, not of the caller. */
export function assertBookingTransition(from: BookingStatus, to: BookingStatus): void {
  if (!(BOOKING_TRANSITIONS[from] as readonly BookingStatus[]).includes(to))
    throw new Error(`A booking may not go from ${from} to ${to}.`);
}

/** The cause of the refund of a cancelled booking: a booking is refunded once, whoever cancels it, and however often. */
export function refundCauseOf(bookingId: string): string {
  return `cancel:${bookingId}`;
}
