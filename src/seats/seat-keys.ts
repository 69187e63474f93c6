import type { SeatId } from '../platform/id.ts';

/** The one producer of the Redis keys of an event: all carry its hash tag, so that a script on several stays in one slot. */
export const seatKeys = {
  /** Who has the seat now: a hold's id with an expiry, or `booked` without one (a blocked seat's too). */
  lock: (eventId: string, seatId: SeatId) => `seat-lock:{${eventId}}:${seatId}`,
  lockPattern: (eventId: string) => `seat-lock:{${eventId}}:*`,
  /** The id of the buyer's open hold. */
  buyerHold: (eventId: string, userId: string) => `buyer-hold:{${eventId}}:${userId}`,
  /** How many claims were queued, and how many of them are settled: their difference is the length of the queue. */
  claimsIssued: (eventId: string) => `claims-issued:{${eventId}}`,
  claimsSettled: (eventId: string) => `claims-settled:{${eventId}}`,
  /** How many claims Redis refused in one second (of the Unix epoch). */
  refusals: (eventId: string, second: number) => `refusals:{${eventId}}:${second}`,
  changes: (eventId: string) => `seat-changes:{${eventId}}`,
  changesChannel: (eventId: string) => `seat-changes:${eventId}`,
};

/** The value of the lock key of a sold seat, and of a blocked one: nobody may take it, however long they wait. */
export const BOOKED_MARKER = 'booked';
