import { createHash } from 'node:crypto';
import { openRateLimit } from '../platform/http/rate-limit.ts';
import { onePer } from '../platform/one-per.ts';
import { Problem } from '../platform/problem.ts';
import type { Redis } from '../platform/redis.ts';
import { ACCOUNT_PROBLEMS } from './problems.ts';

/** Wrong passwords for one account, from wherever they come. At this rate a list of a million takes ten weeks. */
const FAILURES_PER_MINUTE_MAX = 10;

/**
 * Runs one try at a password of the account `email`, and limits how often tries may fail. Each is counted before it
 * runs, so that many at once get no further on a server than one after another, and given back when it was right or could not be
 * made; a person who knows the password is therefore never in the way of themselves. Addresses without an account are
 * counted like any other, so that the limit does not tell them apart.
 * @param attempt gives null for a wrong password.
 * @throws Problem `sign_in_failed`, or `rate_limited`.
 */
export async function limitFailures<Result>(
  redis: Redis,
  email: string,
  attempt: () => Promise<Result | null>,
): Promise<Result> {
  const limit = failureLimit(redis);
  const key = createHash('sha256').update(email).digest('base64url');
  limit.consume(key);
  let hasFailed = false;
  try {
    const result = await attempt();
    hasFailed = result === null;
    if (result === null) throw signInFailed();
    return result;
  } finally {
    if (!hasFailed) limit.giveBack(key);
  }
}

const failureLimit = onePer((redis: Redis) =>
  openRateLimit(redis, 'sign-in-failures', FAILURES_PER_MINUTE_MAX),
);

/** One answer for an unknown address, a wrong password and a taken address. */
function signInFailed(): Problem {
  return new Problem(
    ACCOUNT_PROBLEMS.sign_in_failed,
    'Check the address and the password. Who has an account signs in with its password; who has none chooses another address.',
    { headers: { 'www-authenticate': 'Bearer' } },
  );
}
