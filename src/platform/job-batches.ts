import { setTimeout as wait } from 'node:timers/promises';
import { type Job, UnrecoverableError, type Worker } from 'bullmq';
import { newId } from './id.ts';
import {
  type JobKind,
  type QueueName,
  type RunningWorker,
  logFailedJob,
  openWorker,
  toJobError,
} from './job-queue.ts';
import type { Log } from './log.ts';
import type { Redis } from './redis.ts';

const PAUSE_AFTER_ERROR_MS = 500;

export type BatchWorkerOptions = {
  readonly redis: Redis;
  readonly log: Log;
  readonly jobsPerBatchMax: number;
  /** A batch is full, too, when its jobs' sizes come to so much; a job's size is known from its id. */
  readonly batchSizeMax: number;
  readonly sizeOf: (jobId: string) => number;
  readonly recoveryMs: number;
};

/**
 * Takes jobs of one kind in batches until it is closed; closing waits for the batch at hand. A lone job is run at once,
 * and those that come while a batch is run make up the next, so batches grow with the load and nobody waits for company.
 * `run` gives for each job the error that it failed with, or null; a failed one is tried again as the catalogue says.
 *
 * BullMQ's own loop takes and ends jobs one by one, which took longer than all the work on them; here a batch is taken
 * and ended in one round trip each (https://docs.bullmq.io/patterns/manually-fetching-jobs).
 */
export function startBatchWorker<Data>(
  options: BatchWorkerOptions,
  kind: JobKind<Data>,
  run: (batch: readonly Data[]) => Promise<readonly unknown[]>,
): RunningWorker {
  const { log } = options;
  const token = newId();
  const stopping = new AbortController();
  const worker = openWorker({ ...options, queue: kind.queue, stopping: stopping.signal }, null);
  void worker.startStalledCheckTimer();
  const take = openTaker(worker, token, options);
  let atHand: Promise<unknown> = Promise.resolve();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        const jobs = await take();
        if (jobs.length === 0) continue;
        const running = runLocked(worker, { jobs, token, options }, () =>
          runJobs(kind, jobs, run, { token, log }),
        );
        atHand = Promise.allSettled([atHand, running.then(({ noted }) => noted)]);
        // The next batch need not wait until Redis has noted the end of this one.
        await running;
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.warn({ queue: kind.queue, err: error }, 'worker.error');
        await wait(PAUSE_AFTER_ERROR_MS);
      }
    }
  };
  void loop();
  return {
    async close() {
      stopping.abort();
      await atHand;
      // What it waits for is a job that it must not take any more.
      await worker.close(true);
    },
  };
}

/**
 * Takes what came while the last batch was run, else waits for a job; then takes what else is there, twice as many with
 * each round trip: asking for a job that is not there costs as much as taking one.
 */
function openTaker(
  worker: Worker,
  token: string,
  { jobsPerBatchMax: jobsMax, batchSizeMax, sizeOf }: BatchWorkerOptions,
): () => Promise<Job[]> {
  const sizeOfAll = (jobs: readonly Job[]) => jobs.reduce((sum, { id }) => sum + sizeOf(id ?? ''), 0);
  const takePresent = async (count: number) => {
    const taken = await Promise.all(
      Array.from({ length: count }, () => worker.getNextJob(token, { block: false })),
    );
    return taken.filter(isJob);
  };
  let lastCount = 1;
  return async () => {
    const jobs = await takePresent(lastCount);
    let isMore = jobs.length === lastCount;
    if (jobs.length === 0) {
      const first = await worker.getNextJob(token);
      if (isJob(first)) jobs.push(first);
      isMore = jobs.length > 0;
    }
    while (isMore && jobs.length < jobsMax && sizeOfAll(jobs) < batchSizeMax) {
      const wanted = Math.min(jobs.length, jobsMax - jobs.length);
      const more = await takePresent(wanted);
      jobs.push(...more);
      isMore = more.length === wanted;
    }
    lastCount = Math.max(1, jobs.length);
    return jobs;
  };
}

/** `noted`: when Redis knows of the end of each job, or does not answer. */
type Ending = { readonly noted: Promise<unknown> };

/** Keeps the jobs ours while they are worked on, however long that takes. */
async function runLocked(
  worker: Worker,
  { jobs, token, options }: { jobs: readonly Job[]; token: string; options: BatchWorkerOptions },
  work: () => Promise<Ending>,
): Promise<Ending> {
  const { recoveryMs, log } = options;
  const ids = jobs.map((job) => job.id ?? '');
  const tokens = ids.map(() => token);
  const renewing = setInterval(() => {
    worker.extendJobLocks(ids, tokens, recoveryMs).catch((error: unknown) => {
      log.warn({ err: error }, 'worker.locks-not-renewed');
    });
  }, recoveryMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
  }
}

/** Runs the batch and ends each job. One that carries something else than its kind says fails for good. */
async function runJobs<Data>(
  kind: JobKind<Data>,
  jobs: readonly Job[],
  run: (batch: readonly Data[]) => Promise<readonly unknown[]>,
  { token, log }: { token: string; log: Log },
): Promise<Ending> {
  const good: { readonly job: Job; readonly data: Data }[] = [];
  const ended: Promise<void>[] = [];
  for (const job of jobs) {
    const parsed = kind.schema.safeParse(job.data);
    if (job.name === kind.name && parsed.success) good.push({ job, data: parsed.data });
    else ended.push(fail(job, new UnrecoverableError(faultOf(job, kind)), kind.queue, token, log));
  }
  const errors =
    good.length === 0
      ? []
      : await runAll(
          good.map(({ data }) => data),
          run,
        );
  for (const [index, { job }] of good.entries()) {
    const error = errors[index] ?? null;
    ended.push(
      error === null ? complete(job, token, log) : fail(job, toJobError(error), kind.queue, token, log),
    );
  }
  return { noted: Promise.all(ended) };
}

function faultOf(job: Job, kind: JobKind<unknown>): string {
  return job.name === kind.name
    ? `The job does not carry what a ${kind.name} does.`
    : `No handler is bound to the job ${job.name}.`;
}

async function runAll<Data>(
  batch: readonly Data[],
  run: (batch: readonly Data[]) => Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  try {
    return await run(batch);
  } catch (error) {
    return batch.map(() => error);
  }
}

/** A job whose end can not be noted is taken again by whoever finds that its worker is late: running it twice is harmless. */
async function complete(job: Job, token: string, log: Log): Promise<void> {
  try {
    await job.moveToCompleted(null, token, false);
  } catch (error) {
    log.warn({ queue: job.queueName, jobId: job.id, err: error }, 'job.end-not-noted');
  }
}

async function fail(job: Job, cause: Error, queue: QueueName, token: string, log: Log): Promise<void> {
  try {
    await job.moveToFailed(cause, token, false);
  } catch (error) {
    log.warn({ queue, jobId: job.id, err: error }, 'job.end-not-noted');
  }
  logFailedJob({ queue, log }, job, cause);
}

function isJob(job: Job | undefined): job is Job {
  return job?.id !== undefined;
}
