import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { z } from 'zod';
import type { Log } from './log.ts';
import { Problem } from './problem.ts';
import type { Redis } from './redis.ts';

export const QUEUE_NAMES = ['seat-selection', 'payments', 'cleanup'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** An entry of the job catalogue: what the job is called (`noun.event`), where it waits, and what it carries. */
export type JobKind<Data> = {
  readonly name: string;
  readonly queue: QueueName;
  readonly schema: z.ZodType<Data>;
  readonly triesMax: number;
  /** The first wait before another try; it doubles each time. */
  readonly backoffMs: number;
};

export type JobQueues = {
  /**
   * Adds a job. The same `jobId` again is a no-op while the first is waiting, running or kept, so an id that is
   * derived from what the job is about makes the adding repeatable. Ids must not contain ':'.
   */
  add<Data>(kind: JobKind<Data>, data: Data, options: { jobId: string; delayMs?: number }): Promise<void>;
  /** Whether a job will still be worked on: false when it is done, has failed for good, or was lost with Redis. */
  isPending(queue: QueueName, jobId: string): Promise<boolean>;
  /** The ids of the jobs that wait to be taken, now or later. */
  listWaiting(queue: QueueName): Promise<string[]>;
  readonly byName: Readonly<Record<QueueName, Queue>>;
  close(): Promise<void>;
};

/** The hash tag keeps all keys of the queues in one slot of a cluster, which BullMQ's scripts need. */
const QUEUE_PREFIX = '{holdfast}';
const PENDING_STATES: ReadonlySet<string> = new Set(['waiting', 'active', 'delayed', 'prioritized']);
const COMPLETED_JOBS_KEPT = 50;
const FAILED_JOBS_KEPT = 100;

export function defineJob<Data>(kind: JobKind<Data>): JobKind<Data> {
  return kind;
}

/** Opens the queues for adding and inspecting; `redis` is shared and stays the caller's. */
export function openQueues(redis: Redis, log: Log): JobQueues {
  const open = (name: QueueName) => {
    const queue = new Queue(name, { connection: redis, prefix: QUEUE_PREFIX, skipVersionCheck: true });
    queue.on('error', (error) => log.warn({ queue: name, reason: error.message }, 'queue.error'));
    return queue;
  };
  const byName = {
    'seat-selection': open('seat-selection'),
    payments: open('payments'),
    cleanup: open('cleanup'),
  };
  return {
    byName,
    async add(kind, data, { jobId, delayMs }) {
      await byName[kind.queue].add(kind.name, data, {
        jobId,
        attempts: kind.triesMax,
        backoff: { type: 'exponential', delay: kind.backoffMs, jitter: 0.5 },
        removeOnComplete: { count: COMPLETED_JOBS_KEPT },
        removeOnFail: { count: FAILED_JOBS_KEPT },
        ...(delayMs === undefined ? {} : { delay: delayMs, timestamp: await timeOf(redis) }),
      });
    },
    async isPending(queue, jobId) {
      return PENDING_STATES.has(await byName[queue].getJobState(jobId));
    },
    listWaiting: async (queue) => await byName[queue].getRanges(['waiting', 'prioritized', 'delayed'], 0, -1),
    async close() {
      await Promise.all(Object.values(byName).map((queue) => queue.close()));
    },
  };
}

/** A process whose clock is minutes off would put a job off by as much: Redis's clock is one for all. */
async function timeOf(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

export type JobHandler = {
  readonly kind: JobKind<unknown>;
  readonly run: (data: unknown) => Promise<void>;
};

/** Binds a job's name to what does it; the data is checked against the catalogue's schema before. */
export function handle<Data>(kind: JobKind<Data>, run: (data: Data) => Promise<void>): JobHandler {
  return { kind: { ...kind, schema: kind.schema }, run: (data) => run(kind.schema.parse(data)) };
}

export type RunningWorker = { close(): Promise<void> };

/** A job may lose its worker this often (a rolling deploy, a bad day) before it counts as failed. */
const STALLS_MAX = 20;

/**
 * Takes jobs of one queue until it is closed; closing waits for the jobs at hand. A `Problem` that no retry can mend
 * ends the job as failed; any other error is tried again as the catalogue says.
 */
export function startWorker(
  options: { queue: QueueName; redis: Redis; log: Log; concurrency: number; recoveryMs: number },
  handlers: readonly JobHandler[],
): RunningWorker {
  const byName = new Map(handlers.map((handler) => [handler.kind.name, handler]));
  const worker = openWorker(options, (job) => runJob(job, byName));
  worker.on('failed', (job, error) => logFailedJob(options, job, error));
  return { close: () => worker.close() };
}

type WorkerOptions = {
  readonly queue: QueueName;
  readonly redis: Redis;
  readonly log: Log;
  readonly recoveryMs: number;
  readonly concurrency?: number;
  /** Once aborted, broken connections are no longer worth a word. */
  readonly stopping?: AbortSignal;
};

/** BullMQ's worker as every one of ours is set up; null: its jobs are taken by hand. */
export function openWorker(
  { queue, redis, log, recoveryMs, concurrency = 1, stopping }: WorkerOptions,
  run: ((job: Job) => Promise<void>) | null,
): Worker {
  const worker = new Worker(queue, run, {
    connection: redis,
    prefix: QUEUE_PREFIX,
    concurrency,
    // A worker that died is noticed within this time, and its jobs are given to another.
    lockDuration: recoveryMs,
    stalledInterval: recoveryMs / 2,
    maxStalledCount: STALLS_MAX,
    skipVersionCheck: true,
  });
  worker.on('error', (error) => {
    if (stopping?.aborted !== true) log.warn({ queue, reason: error.message }, 'worker.error');
  });
  worker.on('stalled', (jobId) => log.warn({ queue, jobId }, 'job.stalled'));
  return worker;
}

export function logFailedJob(
  { queue, log }: Pick<WorkerOptions, 'queue' | 'log'>,
  job: Job | undefined,
  error: Error,
): void {
  log.error({ queue, jobId: job?.id, job: job?.name, tries: job?.attemptsMade, err: error }, 'job.failed');
}

async function runJob(job: Job, handlers: ReadonlyMap<string, JobHandler>): Promise<void> {
  const handler = handlers.get(job.name);
  if (handler === undefined) throw new UnrecoverableError(`No handler is bound to the job ${job.name}.`);
  try {
    await handler.run(job.data);
  } catch (error) {
    throw toJobError(error);
  }
}

/** What BullMQ is told: it tries again unless it is told that this would be of no use. */
export function toJobError(error: unknown): Error {
  if (error instanceof Problem && error.kind.retry !== true) return new UnrecoverableError(error.message);
  return error instanceof Error ? error : new Error(String(error));
}
