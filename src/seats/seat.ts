import type { SeatStatus } from '../../db/schema.ts';
import type { SeatId } from '../platform/id.ts';

/** What may become of a seat, and why: the only changes that the seat store makes. */
export const SEAT_TRANSITIONS = {
  available: ['locked'],
  locked: ['available', 'booked', 'locked'],
  booked: ['available'],
} as const satisfies Record<SeatStatus, readonly SeatStatus[]>;

/** What is shown of a seat: its status, and apart from it whether its organiser keeps it off sale. */
export type ShownStatus = SeatStatus | 'blocked';
export type SeatLetter = 'a' | 'l' | 'b' | 'x';
export type SeatChange = readonly [seatId: SeatId, status: SeatLetter];

/**
 * The hold id of a blocked seat: locked, by its organiser, for good. No hold has this id, so nothing that a hold may do
 * reaches the seat.
 */
export const BLOCKED_HOLD_ID = '00000000-0000-0000-0000-000000000000';

const LETTERS = { available: 'a', locked: 'l', booked: 'b', blocked: 'x' } as const satisfies Record<
  ShownStatus,
  SeatLetter
>;

/** The one letter that stands for a status on the wire, where there are 20,000 of them. */
export function letterOf(status: ShownStatus): SeatLetter {
  return LETTERS[status];
}

export function changesTo(status: ShownStatus, seatIds: readonly SeatId[]): SeatChange[] {
  return seatIds.map((seatId) => [seatId, LETTERS[status]]);
}
