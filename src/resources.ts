import { openStripe, type StripeClient } from './payments/stripe-gateway.ts';
import { type Batches, openBatches } from './platform/batches.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { newId } from './platform/id.ts';
import { type JobQueues, openQueues } from './platform/job-queue.ts';
import { type Leader, openLeader } from './platform/lock.ts';
import { type Log, openLog } from './platform/log.ts';
import { type Metrics, openMetrics } from './platform/metrics.ts';
import { type Db, openMysql } from './platform/mysql.ts';
import { type PubSub, openPubSub } from './platform/pub-sub.ts';
import { type Redis, openRedis } from './platform/redis.ts';
import { type Replies, openReplies } from './platform/replies.ts';

/** Everything that a process opens, and that actions are given. */
export type Resources = {
  readonly processId: string;
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly db: Db;
  readonly batches: Batches;
  readonly redis: Redis;
  readonly pubSub: PubSub;
  readonly replies: Replies;
  readonly queues: JobQueues;
  readonly leader: Leader;
  readonly stripe: StripeClient;
  /** Closes all in reverse order; what is at hand must be finished before. */
  close(): Promise<void>;
};

/** Opens the servers' connections. Nothing is sent but what subscribing needs, so a server that is away delays, not fails. */
export async function openResources(
  config: Config,
  processName: string,
  clock: Clock = systemClock,
): Promise<Resources> {
  const log = openLog(config, processName);
  const db = openMysql(config.databaseUrl, config.databasePoolMax);
  const batches = openBatches(config.databaseUrl);
  const redis = openRedis(config.redisUrl, 'commands', log);
  const subscriber = openRedis(config.redisUrl, 'subscriber', log);
  const pubSub = openPubSub(subscriber, log);
  // BullMQ defines its scripts on its connection, and ioredis copies each of them for every group of commands it gathers:
  // on the connection of the requests that took longer than the commands.
  const queueRedis = openRedis(config.redisUrl, 'commands', log);
  const queues = openQueues(queueRedis, log);
  return {
    processId: newId(),
    config,
    log,
    metrics: openMetrics(processName, log),
    clock,
    db,
    batches,
    redis,
    pubSub,
    queues,
    replies: await openReplies(pubSub),
    leader: openLeader(redis),
    stripe: openStripe(config.stripe),
    async close() {
      await queues.close();
      queueRedis.disconnect();
      subscriber.disconnect();
      redis.disconnect();
      await batches.close();
      await db.destroy();
    },
  };
}
