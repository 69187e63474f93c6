import { PROBLEMS, Problem } from '../problem.ts';
import type { Redis } from '../redis.ts';

export type RateLimit = {
  /**
   * Counts one request of `key`, and gives how many are left to it.
   * @throws Problem `rate_limited` with `Retry-After` when the key has used up its window.
   */
  consume(key: string): number;
  /** The headers that tell the client so, names and values one after the other. */
  headersOf(left: number): readonly [string, string, string, string];
  /** Takes one back that turned out not to count. */
  giveBack(key: string): void;
};

const WINDOW_MS = 60_000;
const SHARE_EVERY_MS = 200;
/** What is less than this part of a key's limit is not shared. */
const SHARED_FROM_PART = 1 / 100;
const KEYS_COUNTED_MAX = 200_000;
const KEYS_PER_SHARING_MAX = 5_000;

type Count = { readonly window: number; shared: number; unshared: number };
/** Of the present window only. */
type Counts = { window: number; byKey: Map<string, Count> };

/**
 * A limit shared by all servers through Redis. A request is counted in memory, since a round trip for each would cost
 * more than refusing a seat does; five times a second the counts are added up in Redis and the sums read back. Small ones
 * are not: in a rush everybody asks now and then, and Redis had more to do with their counts than with their seats. So each
 * server may let through a hundredth of the limit, or what arrives within 200 ms, beyond it. When Redis is away each counts
 * by itself: a limit that fails open would invite attacks on Redis, one that fails closed would end the sale.
 * Headers as in the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers).
 */
export function openRateLimit(redis: Redis, name: string, perMinute: number): RateLimit {
  const counts: Counts = { window: 0, byKey: new Map() };
  const due = new Set<string>();
  const policy = `"${name}";q=${perMinute};w=${WINDOW_MS / 1000}`;
  const remaining = (left: number, nowMs: number) => `"${name}";r=${left};t=${secondsLeft(nowMs)}`;
  const timer = setInterval(() => void share(), SHARE_EVERY_MS).unref();

  const share = async () => {
    if (redis.status === 'end') return clearInterval(timer);
    const keys = [...due].slice(0, KEYS_PER_SHARING_MAX);
    await Promise.all(
      keys.map((key) => {
        due.delete(key);
        return shareOne(redis, name, key, counts.byKey.get(key)).catch(() => due.add(key));
      }),
    );
  };
  const add = (key: string, count: Count, by: 1 | -1) => {
    count.unshared += by;
    if (Math.abs(count.unshared) >= perMinute * SHARED_FROM_PART) due.add(key);
  };
  return {
    consume(key) {
      const nowMs = Date.now();
      const count = countOf(counts, key, Math.floor(nowMs / WINDOW_MS));
      const left = perMinute - count.shared - count.unshared;
      if (left <= 0)
        throw refusal(secondsLeft(nowMs), {
          ratelimit: remaining(0, nowMs),
          'ratelimit-policy': policy,
        });
      add(key, count, 1);
      return left - 1;
    },
    headersOf: (left) => ['ratelimit', remaining(left, Date.now()), 'ratelimit-policy', policy],
    giveBack(key) {
      add(key, countOf(counts, key, Math.floor(Date.now() / WINDOW_MS)), -1);
    },
  };
}

/** Of the window, by its end. */
function secondsLeft(nowMs: number): number {
  return Math.ceil((WINDOW_MS - (nowMs % WINDOW_MS)) / 1000);
}

function countOf(counts: Counts, key: string, window: number): Count {
  if (counts.window !== window) {
    counts.window = window;
    counts.byKey = new Map();
  }
  const present = counts.byKey.get(key);
  if (present !== undefined) return present;
  // A flood of addresses must not fill the memory: the one that came first is forgotten.
  const [first] = counts.byKey.size >= KEYS_COUNTED_MAX ? counts.byKey.keys() : [];
  if (first !== undefined) counts.byKey.delete(first);
  const fresh = { window, shared: 0, unshared: 0 };
  counts.byKey.set(key, fresh);
  return fresh;
}

async function shareOne(redis: Redis, name: string, key: string, count: Count | undefined): Promise<void> {
  if (count === undefined || count.unshared === 0) return;
  const added = count.unshared;
  const isFirst = count.shared === 0;
  count.unshared = 0;
  count.shared += added;
  const redisKey = `rate-limit:${name}:${count.window}:${key}`;
  try {
    const expire = () => redis.pexpire(redisKey, 2 * WINDOW_MS);
    const [sum] = await Promise.all([redis.incrby(redisKey, added), isFirst ? expire() : null]);
    // Redis has lost the key, and made it anew.
    if (sum < count.shared) await expire();
    count.shared = Math.max(count.shared, sum);
  } catch (error) {
    count.shared -= added;
    count.unshared += added;
    throw error;
  }
}

function refusal(seconds: number, headers: Record<string, string>): Problem {
  return new Problem(PROBLEMS.rate_limited, `Wait ${seconds} s and try again.`, {
    headers: { ...headers, 'retry-after': String(seconds) },
    members: { retryAfterSeconds: seconds },
  });
}
