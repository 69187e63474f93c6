import { defineProblems } from '../platform/problem.ts';

export const BOOKING_PROBLEMS = defineProblems({
  booking_not_found: { status: 404, title: 'There is no such booking' },
  not_refundable: { status: 409, title: 'The booking can not be cancelled any more' },
});
