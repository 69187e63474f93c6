import type { Booking } from '../../api/bookings.ts';
import { messages } from '../../messages/messages.ts';

/** "Stalls, Row F, seat 12", from what the booking itself says. */
export function bookedSeat({ seat }: Booking): string {
  const label = seat.label ?? '';
  const place = seat.row ? messages.seat.short(messages.list.row(seat.row), label) : messages.seat.place;
  return seat.section ? `${seat.section}, ${place}` : place;
}
