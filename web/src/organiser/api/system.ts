import { flag, listOf, number, orNull, pageOf, record, shape, text } from '../../api/read.ts';
import { requestAsUser } from '../../api/session.ts';

const readQueue = shape({
  name: text,
  isPaused: flag,
  counts: shape({ waiting: number, active: number, delayed: number, completed: number, failed: number }),
  workers: number,
});
const readQueues = shape({ queues: listOf(readQueue) });
const readJobs = pageOf(
  shape({
    id: text,
    name: text,
    data: (input: unknown) => input,
    tries: number,
    triesMax: number,
    finishedAt: orNull(text),
    failedReason: orNull(text),
  }),
);
const readCounts = (input: unknown, place: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(record(input, place)).map(([name, count]) => [name, number(count, `${place}.${name}`)]),
  );
const readAudit = shape({
  at: text,
  isClean: flag,
  findings: listOf(
    shape({ invariant: text, says: text, counts: readCounts, breaches: readCounts, examples: listOf(text) }),
  ),
});

export type QueueStats = ReturnType<typeof readQueue>;
export type FailedJobs = ReturnType<typeof readJobs>;
export type Audit = ReturnType<typeof readAudit>;

const QUEUE = '/api/admin/queue';

export async function listQueues(signal?: AbortSignal): Promise<QueueStats[]> {
  return readQueues((await requestAsUser(`${QUEUE}/stats`, { signal })).body, 'queues').queues;
}

export async function listFailedJobs(
  queue: string,
  limit: number,
  signal?: AbortSignal,
): Promise<FailedJobs> {
  const query = new URLSearchParams({ queue, state: 'failed', limit: String(limit) });
  return readJobs((await requestAsUser(`${QUEUE}/details?${query}`, { signal })).body, 'jobs');
}

export async function pauseQueue(queue: string, verb: 'pause' | 'resume'): Promise<void> {
  await requestAsUser(`${QUEUE}/${verb}`, { method: 'POST', body: { queue }, repeatable: true });
}

export async function retryFailedJobs(queue: string): Promise<number> {
  const reply = await requestAsUser(`${QUEUE}/retry`, { method: 'POST', body: { queue }, repeatable: true });
  return number(record(reply.body, 'retry')['retried'], 'retry.retried');
}

/** Removes jobs that are done or failed. */
export async function cleanQueue(queue: string, state: 'completed' | 'failed'): Promise<number> {
  const body = { queue, state, olderThanSeconds: 0 };
  const reply = await requestAsUser(`${QUEUE}/clean`, { method: 'POST', body, repeatable: true });
  return number(record(reply.body, 'clean')['removed'], 'clean.removed');
}

/** Lets this browser open the queue board for a while. */
export async function openBoard(): Promise<void> {
  await requestAsUser(`${QUEUE}/board-session`, { method: 'POST', repeatable: true });
}

export async function getAudit(signal?: AbortSignal): Promise<Audit | null> {
  const reply = await requestAsUser('/api/admin/audit', { signal });
  return reply.body === null ? null : readAudit(reply.body, 'audit');
}
