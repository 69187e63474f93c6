import { defineProblems } from '../platform/problem.ts';

export const CHECKOUT_PROBLEMS = defineProblems({
  hold_not_found: { status: 404, title: 'There is no such hold' },
  hold_not_open: { status: 409, title: 'The hold is over' },
  hold_not_ready: { status: 409, title: 'The seats are still being written', retry: true },
  already_paid: { status: 409, title: 'It is paid for' },
  payment_processing: { status: 409, title: 'The payment is on its way', retry: true },
  event_cancelled: { status: 409, title: 'The event is cancelled' },
  checkout_refused: { status: 409, title: 'The payment could not be started' },
  checkout_busy: { status: 503, title: 'Too many are paying right now', retry: true },
  stripe_unreachable: { status: 503, title: 'Stripe does not answer', retry: true },
  payment_not_found: { status: 404, title: 'There is no such payment' },
});
