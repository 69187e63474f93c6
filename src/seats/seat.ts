import type { SeatStatus } from '../../db/schema.ts';
import type { SeatId } from '../platform/id.ts';

/** What may become of a seat, and why: the only changes that the seat store makes. */
export const SEAT_TRANSITIONS = {
  available: ['locked'],
  locked: ['available', 'booked', 'locked'],
  booked: ['available'],
} as const satisfies Record<SeatStatus, readonly SeatStatus[]>;

export type SeatLetter = 'a' | 'l' | 'b';
export type SeatChange = readonly [seatId: SeatId, status: SeatLetter];

const LETTERS = { available: 'a', locked: 'l', booked: 'b' } as const satisfies Record<
  SeatStatus,
  SeatLetter
>;

/** The one letter that stands for a status on the wire, where there are 20,000 of them. */
export function letterOf(status: SeatStatus): SeatLetter {
  return LETTERS[status];
}

export function changesTo(status: SeatStatus, seatIds: readonly SeatId[]): SeatChange[] {
  return seatIds.map((seatId) => [seatId, LETTERS[status]]);
}
