import type { BookingId } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import { bookSeats } from '../seats/seat-store.ts';
import { type NewBookings, insertBookings } from './booking-store.ts';

/**
 * Turns the seats that a hold has locked into bookings, within the caller's transaction: all of them, or null and
 * nothing changed when the hold has not locked every one. That a seat is sold once is the unique key's doing.
 */
export async function confirmBookings(tx: Tx, sale: NewBookings): Promise<BookingId[] | null> {
  const seatIds = sale.lines.map((line) => line.seatId);
  if (!(await bookSeats(tx, { eventId: sale.eventId, holdId: sale.holdId, userId: sale.userId, seatIds })))
    return null;
  return insertBookings(tx, sale);
}
