import { defineProblems } from '../platform/problem.ts';

export const ACCOUNT_PROBLEMS = defineProblems({
  sign_in_failed: { status: 401, title: 'The address and the password do not go together' },
  refresh_token_invalid: { status: 401, title: 'The refresh token is not good any more' },
  refresh_token_reused: { status: 401, title: 'The refresh token was used a second time' },
  refresh_in_progress: { status: 409, title: 'The refresh token was used a moment ago', retry: true },
  origin_refused: { status: 403, title: 'The sign-in cookie is not accepted from another site' },
  role_not_changeable: { status: 409, title: 'This role can not be changed' },
});
