import type { Tx } from '../platform/mysql.ts';
import { freeBookedSeat } from '../seats/seat-store.ts';
import { type SoldSeat, updateToCancelled } from './booking-store.ts';

/**
 * Cancels a booking and puts its seat back on sale, within the caller's transaction, which also decides on the refund.
 * false, and nothing changed, when the booking is confirmed no more.
 */
export async function cancelBooking(tx: Tx, sold: SoldSeat, reason: string): Promise<boolean> {
  const { eventId, bookingId, seatId, holdId, userId } = sold;
  if (!(await updateToCancelled(tx, { eventId, bookingId, reason }))) return false;
  if (!(await freeBookedSeat(tx, { eventId, seatId, holdId, userId, reason }))) {
    throw new Error(`The seat ${seatId} of the booking ${bookingId} is not sold to its hold.`);
  }
  return true;
}
