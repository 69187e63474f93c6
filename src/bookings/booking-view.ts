import { z } from 'zod';
import type { Booking } from './booking-store.ts';

/** A booking as the API shows it: one seat. */
export const BookingSchema = z
  .object({
    id: z.uuid(),
    eventId: z.uuid(),
    eventName: z.string(),
    eventDate: z.iso.datetime(),
    timeZone: z.string(),
    venueName: z.string(),
    seat: z.object({
      id: z.int(),
      section: z.string(),
      row: z.string(),
      label: z.string(),
      tier: z.int().meta({ description: 'The id of the price tier.' }),
      tierName: z.string(),
    }),
    amount: z.int().meta({ description: 'In minor units of the currency.' }),
    currency: z.string(),
    status: z.enum(['confirmed', 'cancelled', 'transferred']),
    paymentId: z.uuid().nullable(),
    confirmedAt: z.iso.datetime(),
    cancelledAt: z.iso.datetime().nullable(),
    refund: z
      .object({
        status: z.enum(['requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
        amount: z.int(),
      })
      .nullable(),
    cancellable: z.boolean().meta({ description: 'Whether the buyer may cancel it now, with a refund.' }),
  })
  .meta({ id: 'Booking' });
export type BookingView = z.input<typeof BookingSchema>;

export function bookingView(booking: Booking): BookingView {
  return {
    id: booking.bookingId,
    eventId: booking.eventId,
    eventName: booking.eventName,
    eventDate: booking.eventDate.toISOString(),
    timeZone: booking.timeZone,
    venueName: booking.venueName,
    seat: booking.seat,
    amount: booking.amount,
    currency: booking.currency,
    status: booking.status,
    paymentId: booking.paymentId,
    confirmedAt: booking.confirmedAt.toISOString(),
    cancelledAt: booking.cancelledAt?.toISOString() ?? null,
    refund: booking.refund,
    cancellable: booking.isCancellable,
  };
}
