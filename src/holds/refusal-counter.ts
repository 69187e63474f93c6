import { onePer } from '../platform/one-per.ts';
import type { Redis } from '../platform/redis.ts';
import type { Resources } from '../resources.ts';
import { seatKeys } from '../seats/seat-keys.ts';

const FLUSH_MS = 1_000;
const KEPT_MS = 60_000;

type WithRedis = Pick<Resources, 'redis'>;

const counters = onePer(({ redis }: WithRedis) => openCounter(redis));

/**
 * Counts a claim that Redis refused. In a rush there are thousands a second, so they are counted in this process, and
 * told to Redis once a second by event. A second's counts are lost with the process: they are only shown to people.
 */
export function countRefusal(resources: WithRedis, eventId: string): void {
  counters(resources).count(eventId);
}

/** How many claims of an event were refused by all servers in the last so many whole seconds. */
export async function readRefusals(
  redis: Redis,
  eventId: string,
  { nowMs, seconds }: { nowMs: number; seconds: number },
): Promise<number> {
  const last = Math.floor(nowMs / 1000) - 1;
  const keys = Array.from({ length: seconds }, (_, back) => seatKeys.refusals(eventId, last - back));
  const counts = await redis.mget(...keys);
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

function openCounter(redis: Redis) {
  let counts = new Map<string, number>();
  const flush = async () => {
    const counted = counts;
    counts = new Map();
    const second = Math.floor(Date.now() / 1000);
    await Promise.all(
      [...counted].map(async ([eventId, count]) => {
        const key = seatKeys.refusals(eventId, second);
        await Promise.all([redis.incrby(key, count), redis.pexpire(key, KEPT_MS)]);
      }),
    );
  };
  return {
    count(eventId: string): void {
      // Nothing is counted, and no timer runs, while nobody is refused.
      if (counts.size === 0) {
        setTimeout(() => {
          flush().catch(() => undefined); // Redis is away: these are lost, which its own log line tells of.
        }, FLUSH_MS).unref();
      }
      counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
    },
  };
}
