import { defineProblems } from '../platform/problem.ts';

export const SALES_PROBLEMS = defineProblems({
  seats_not_free: { status: 409, title: 'Some of the seats are someone’s' },
  no_such_seats: { status: 422, title: 'The event has no such seats' },
  seat_not_found: { status: 404, title: 'The event has no such seat' },
});
