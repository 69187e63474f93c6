import { Problem } from '../platform/problem.ts';
import type { Booking } from './booking-store.ts';
import { BOOKING_PROBLEMS } from './problems.ts';

/** @throws Problem `booking_not_found` unless it is this buyer's. */
export function ownBooking(booking: Booking | null, userId: string): Booking {
  if (booking !== null && booking.userId === userId) return booking;
  throw new Problem(BOOKING_PROBLEMS.booking_not_found, 'There is no such booking of yours.');
}
