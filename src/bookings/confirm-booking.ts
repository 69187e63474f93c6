import type { SeatId } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import { bookSeats } from '../seats/seat-store.ts';
import { bookAllSeats } from '../seats/seats-together-store.ts';
import { type NewBookings, insertBookings } from './booking-store.ts';

/**
 * Turns the seats that a hold has locked into bookings, within the caller's transaction: all of them, or null and
 * nothing changed when the hold has not locked every one. `otherSeatIds`: what else the hold has locked. That a seat is sold once is the unique key's doing.
 */
export async function confirmBookings(
  tx: Tx,
  sale: NewBookings,
): Promise<{ otherSeatIds: readonly SeatId[] } | null> {
  const { eventId, holdId, userId, lines } = sale;
  const booked = await bookSeats(tx, { eventId, holdId, userId, seatIds: lines.map((line) => line.seatId) });
  if (booked !== null) await insertBookings(tx, [sale]);
  return booked;
}

/** The same for several holds, each of which has locked just the seats that it buys. @throws NotAllAlike when any has not. */
export async function confirmAllBookings(tx: Tx, sales: readonly NewBookings[]): Promise<void> {
  await bookAllSeats(
    tx,
    sales.map(({ lines, ...sale }) => ({ ...sale, seatIds: lines.map((line) => line.seatId) })),
  );
  await insertBookings(tx, sales);
}
