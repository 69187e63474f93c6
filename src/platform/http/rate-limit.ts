import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { PROBLEMS, Problem } from '../problem.ts';
import type { Redis } from '../redis.ts';

export type RateLimit = {
  /**
   * Counts one request of `key`, and gives the `RateLimit` headers for the answer.
   * @throws Problem `rate_limited` with `Retry-After` when the key has used up its window.
   */
  consume(key: string): Promise<Readonly<Record<string, string>>>;
  /** Takes one counted request back: for limits on failures, where each try counts until it turned out well. */
  giveBack(key: string): Promise<void>;
};

const WINDOW_SECONDS = 60;

/**
 * A limit shared by all servers through Redis. When Redis is away each server counts by itself, so the limit then is
 * per server: a limit that fails open would invite attacks on Redis, one that fails closed would end the sale.
 * Headers as in the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers).
 */
export function openRateLimit(redis: Redis, name: string, perMinute: number): RateLimit {
  const local = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  const limiter: RateLimiterAbstract = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `rate-limit:${name}`,
    points: perMinute,
    duration: WINDOW_SECONDS,
    inMemoryBlockOnConsumed: perMinute + 1,
    insuranceLimiter: local,
  });
  const policy = `"${name}";q=${perMinute};w=${WINDOW_SECONDS}`;
  return {
    async consume(key) {
      try {
        return headersOf(name, policy, await limiter.consume(key));
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw refusal(error, headersOf(name, policy, error));
      }
    },
    async giveBack(key) {
      await limiter.reward(key);
    },
  };
}

function headersOf(name: string, policy: string, state: RateLimiterRes): Record<string, string> {
  return {
    ratelimit: `"${name}";r=${Math.max(0, state.remainingPoints)};t=${Math.ceil(state.msBeforeNext / 1000)}`,
    'ratelimit-policy': policy,
  };
}

function refusal(state: RateLimiterRes, headers: Record<string, string>): Problem {
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new Problem(PROBLEMS.rate_limited, `Wait ${seconds} s and try again.`, {
    headers: { ...headers, 'retry-after': String(seconds) },
    members: { retryAfterSeconds: seconds },
  });
}
