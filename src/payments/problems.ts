import { defineProblems } from '../platform/problem.ts';

export const PAYMENT_PROBLEMS = defineProblems({
  bad_signature: { status: 400, title: 'The signature is not right' },
});
