import { Redis as PlainRedis } from 'ioredis';
import type { Log } from './log.ts';

export type Redis = PlainRedis;

const CONNECT_TIMEOUT_MS = 5_000;
/** Twice this, since a command is tried a second time after the reconnection. */
const SILENT_MS_MAX = 2_500;
const RECONNECT_WAIT_MAX_MS = 1_000;

/**
 * - `commands`: for requests; a command fails within seconds when Redis is away, so that a buyer hears it.
 * - `blocking`: for job workers, which wait for Redis as long as it takes.
 * - `subscriber`: for pub/sub; subscribes again by itself after a reconnection.
 */
export type RedisUse = 'commands' | 'blocking' | 'subscriber';

const OPTIONS = {
  // A watch on the connection: a timer for each command would cost more than the command.
  commands: { maxRetriesPerRequest: 1, socketTimeout: SILENT_MS_MAX },
  blocking: { maxRetriesPerRequest: null },
  subscriber: { maxRetriesPerRequest: null, enableReadyCheck: false },
} as const;

/** Opens a connection that reconnects for ever, and logs when it is lost (once) and back. */
export function openRedis(url: string, use: RedisUse, log: Log): Redis {
  const redis = new GatheringRedis(url, {
    ...OPTIONS[use],
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (tries: number) => Math.min(50 * tries, RECONNECT_WAIT_MAX_MS),
  });
  let isDown = false;
  redis.on('error', (error) => {
    if (!isDown) log.error({ use, reason: error.message }, 'redis.lost');
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) log.info({ use }, 'redis.back');
    isDown = false;
  });
  return redis;
}

/**
 * Writes the commands of one turn of the event loop to the socket in one piece. ioredis has `enableAutoPipelining` for
 * that, with four promises for each command, and each such pipeline waits for the replies to the one before.
 */
class GatheringRedis extends PlainRedis {
  override sendCommand(...sent: Parameters<PlainRedis['sendCommand']>): unknown {
    const { stream } = this;
    if (stream?.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return super.sendCommand(...sent);
  }
}
