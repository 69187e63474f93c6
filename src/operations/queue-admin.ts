import { QUEUE_NAMES, type QueueName } from '../platform/job-queue.ts';
import type { Resources } from '../resources.ts';

/** The states of a job that can be listed. */
export const JOB_STATES = ['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** The states that may be cleaned away: what waits carries a buyer's seats or money, and is not an administrator's to drop. */
export const CLEANABLE_STATES = ['completed', 'failed'] as const;

export type QueueState = {
  readonly name: QueueName;
  readonly isPaused: boolean;
  readonly counts: Readonly<Record<JobState, number>>;
};
export type QueueStats = QueueState & {
  /** Worker processes that take jobs from it now. */
  readonly workers: number;
};

export type JobDetails = {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  readonly tries: number;
  readonly triesMax: number;
  readonly addedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly failedReason: string | null;
};

const CLEANED_AT_ONCE_MAX = 1_000;
const RETRIED_AT_ONCE_MAX = 1_000;

type WithQueues = Pick<Resources, 'queues'>;

/** How the queues stand. */
export async function listQueueStats(resources: WithQueues): Promise<QueueStats[]> {
  const states = await listQueueStates(resources);
  return await Promise.all(
    states.map(async (state) => ({
      ...state,
      workers: await resources.queues.byName[state.name].getWorkersCount(),
    })),
  );
}

/** The same without what makes Redis list its clients. */
export async function listQueueStates({ queues }: WithQueues): Promise<QueueState[]> {
  return await Promise.all(
    QUEUE_NAMES.map(async (name) => {
      const queue = queues.byName[name];
      const [isPaused, counts] = await Promise.all([queue.isPaused(), queue.getJobCounts(...JOB_STATES)]);
      return { name, isPaused, counts: { ...NO_JOBS, ...counts } };
    }),
  );
}

/** The queue's jobs in one state, those that ended last or came last first. */
export async function listJobs(
  { queues }: WithQueues,
  request: { queue: QueueName; state: JobState; page: number; limit: number },
): Promise<{ items: JobDetails[]; total: number }> {
  const queue = queues.byName[request.queue];
  const first = (request.page - 1) * request.limit;
  const [jobs, counts] = await Promise.all([
    queue.getJobs([request.state], first, first + request.limit - 1),
    queue.getJobCounts(request.state),
  ]);
  const items = jobs.map((job) => ({
    id: job.id ?? '',
    name: job.name,
    data: job.data,
    tries: job.attemptsMade,
    triesMax: job.opts.attempts ?? 1,
    addedAt: new Date(job.timestamp).toISOString(),
    startedAt: timeOf(job.processedOn),
    finishedAt: timeOf(job.finishedOn),
    failedReason: job.failedReason ?? null,
  }));
  return { items, total: counts[request.state] ?? 0 };
}

/** Paused queues take jobs in, and give none out: holds then wait, and are told so. */
export async function pauseQueues({ queues }: WithQueues, names: readonly QueueName[]): Promise<void> {
  await Promise.all(names.map((name) => queues.byName[name].pause()));
}

export async function resumeQueues({ queues }: WithQueues, names: readonly QueueName[]): Promise<void> {
  await Promise.all(names.map((name) => queues.byName[name].resume()));
}

/** Removes jobs that ended at least so long ago, up to 1,000; returns how many. */
export async function cleanQueue(
  { queues }: WithQueues,
  request: { queue: QueueName; state: (typeof CLEANABLE_STATES)[number]; olderThanSeconds: number },
): Promise<number> {
  const queue = queues.byName[request.queue];
  const removed = await queue.clean(request.olderThanSeconds * 1_000, CLEANED_AT_ONCE_MAX, request.state);
  return removed.length;
}

/** Puts failed jobs back to work, up to 1,000 of each queue; returns how many. Every job may be repeated without harm. */
export async function retryFailed({ queues }: WithQueues, names: readonly QueueName[]): Promise<number> {
  let retried = 0;
  for (const name of names) {
    const failed = await queues.byName[name].getJobs(['failed'], 0, RETRIED_AT_ONCE_MAX - 1);
    const outcomes = await Promise.allSettled(
      failed.map((job) => job.retry('failed', { resetAttemptsMade: true })),
    );
    retried += outcomes.filter(({ status }) => status === 'fulfilled').length;
  }
  return retried;
}

const NO_JOBS = { waiting: 0, active: 0, delayed: 0, prioritized: 0, completed: 0, failed: 0 };

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
