import { flag, number, oneOf, orNull, pageOf, shape, text } from './read.ts';
import { requestAsUser } from './session.ts';

const readRefund = shape({ status: text, amount: number });
const readBookedSeat = shape({ id: number, section: orNull(text), row: orNull(text), label: orNull(text) });

export const readBooking = shape({
  id: text,
  eventId: text,
  eventName: text,
  eventDate: text,
  timeZone: text,
  venueName: orNull(text),
  seat: readBookedSeat,
  paymentId: orNull(text),
  amount: number,
  currency: text,
  status: oneOf('confirmed', 'cancelled', 'transferred'),
  confirmedAt: orNull(text),
  cancelledAt: orNull(text),
  refund: orNull(readRefund),
  cancellable: flag,
});
const readBookings = pageOf(readBooking);

export type Booking = ReturnType<typeof readBooking>;
export type BookingPage = ReturnType<typeof readBookings>;

export async function listBookings(page: number, limit: number, signal?: AbortSignal): Promise<BookingPage> {
  return readBookings(
    (await requestAsUser(`/api/bookings?page=${page}&limit=${limit}`, { signal })).body,
    'bookings',
  );
}

export async function getBooking(bookingId: string): Promise<Booking> {
  return readBooking((await requestAsUser(`/api/bookings/${bookingId}`)).body, 'booking');
}

/** Gives the seat back and asks for the money. @throws ApiProblem `not_refundable`. */
export async function cancelBooking(bookingId: string): Promise<Booking> {
  return readBooking(
    (await requestAsUser(`/api/bookings/${bookingId}`, { method: 'DELETE' })).body,
    'booking',
  );
}
