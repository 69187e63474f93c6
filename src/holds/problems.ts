import { defineProblems } from '../platform/problem.ts';

export const HOLD_PROBLEMS = defineProblems({
  seats_taken: { status: 409, title: 'Some of the seats are taken' },
  hold_in_checkout: { status: 409, title: 'The hold is being paid for' },
  hold_not_open: { status: 409, title: 'The hold is over' },
  too_many_seats: { status: 422, title: 'More seats than one buyer may have' },
  unknown_seats: { status: 422, title: 'The event has no such seats' },
  unknown_tier: { status: 422, title: 'The event has no such tier' },
  not_enough_seats: { status: 409, title: 'Not enough seats are left' },
  sale_not_open: { status: 409, title: 'The sale has not begun' },
  sale_closed: { status: 409, title: 'The sale is over' },
  queue_full: { status: 503, title: 'Too many buyers are waiting already', retry: true },
  hold_not_found: { status: 404, title: 'There is no such hold' },
  event_not_found: { status: 404, title: 'There is no such event' },
});
