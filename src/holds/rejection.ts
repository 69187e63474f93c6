import type { SeatId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { RejectionReason } from './jobs.ts';
import { HOLD_PROBLEMS } from './problems.ts';

/** The words for each reason that MySQL may have against a claim. */
export function rejected(reason: RejectionReason, seatIds: readonly SeatId[]): Problem {
  switch (reason) {
    case 'seats_taken':
      return seatsTaken(seatIds);
    case 'hold_in_checkout':
      return new Problem(
        HOLD_PROBLEMS.hold_in_checkout,
        'You are paying for other seats of this event: finish or cancel that first.',
      );
    case 'too_many_seats':
      return new Problem(
        HOLD_PROBLEMS.too_many_seats,
        'With the seats that you have already these are more than one buyer may have.',
      );
    case 'unknown_seats':
      return new Problem(HOLD_PROBLEMS.unknown_seats, `The event has no seat ${seatIds.join(', ')}.`, {
        members: { seatIds: [...seatIds] },
      });
    case 'released':
      return new Problem(HOLD_PROBLEMS.hold_not_open, 'The selection was given up before it was written.');
  }
}

function seatsTaken(seatIds: readonly SeatId[]): Problem {
  return new Problem(
    HOLD_PROBLEMS.seats_taken,
    `Taken by someone else: seat ${seatIds.join(', ')}. Choose others.`,
    {
      members: { seatIds: [...seatIds] },
    },
  );
}
