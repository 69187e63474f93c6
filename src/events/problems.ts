import { defineProblems } from '../platform/problem.ts';

export const EVENT_PROBLEMS = defineProblems({
  event_not_found: { status: 404, title: 'There is no such event' },
  invalid_plan: { status: 422, title: 'The seating plan has faults' },
  invalid_prices: { status: 422, title: 'The prices do not fit the plan' },
  event_status_conflict: { status: 409, title: 'The event can not go there from its present state' },
  event_fixed: { status: 409, title: 'That can be changed only while the event is a draft' },
});
