import Redlock from 'redlock';
import type { Redis } from './redis.ts';

export type Leader = {
  /**
   * Runs `work` if no other process holds the lock `name`, and says whether it ran. The lock is extended while `work`
   * runs; when it could not be, `signal` is aborted: the work must then stop at its next step. The lock only keeps
   * two workers from doing the same work; what keeps the data right is the predicate in each statement.
   */
  runAlone(name: string, ttlMs: number, work: (signal: AbortSignal) => Promise<void>): Promise<boolean>;
};

const CLOCK_DRIFT_FACTOR = 0.01;

export function openLeader(redis: Redis): Leader {
  const redlock = new Redlock([asRedlockClient(redis)], { retryCount: 0, driftFactor: CLOCK_DRIFT_FACTOR });
  return {
    async runAlone(name, ttlMs, work) {
      const lock = await redlock.lock(`lock:{${name}}`, ttlMs).catch(refusal);
      if (lock === null) return false;
      const lost = new AbortController();
      const extending = setInterval(() => {
        lock.extend(ttlMs).then(undefined, (error: unknown) => lost.abort(error));
      }, ttlMs / 3);
      try {
        await work(lost.signal);
        return true;
      } finally {
        clearInterval(extending);
        await lock.unlock().catch(refusal);
      }
    },
  };
}

/** Redlock 4 calls a client in the callback style of its time. */
function asRedlockClient(redis: Redis): Redlock.CompatibleRedisClient {
  const client = {
    eval: (args: Redlock.EvalArg[], callback?: Callback) => settle(redis.call('eval', ...args), callback),
    evalsha: (hash: string, args: Redlock.EvalArg[], callback?: Callback) =>
      settle(redis.call('evalsha', hash, ...args), callback),
  };
  return client;
}

type Callback = (error: Error | null, result: unknown) => void;

async function settle(reply: Promise<unknown>, callback: Callback = () => {}): Promise<void> {
  let result: unknown;
  try {
    result = await reply;
  } catch (error) {
    // What it returns is not to be waited for: it may be a promise that Redlock has let go of, and that is then refused.
    callback(error instanceof Error ? error : new Error(String(error)), null);
    return;
  }
  callback(null, result);
}

/** Redlock's refusal (another holds the lock, or ours ran out) is an answer; anything else is an error. */
function refusal(error: unknown): null {
  if (error instanceof Redlock.LockError) return null;
  throw error;
}
