import type { JobKind } from '../platform/job-queue.ts';
import type { Resources } from '../resources.ts';

export type Scheduled = { readonly kind: JobKind<unknown>; readonly everyMs: number };

/**
 * Keeps repeated jobs scheduled. The schedule lives in Redis, and is lost with it; so
 * each cleanup worker looks after it by a clock of its own and puts it back, and then a run is due at once. A next run
 * that lies far ahead was put there by a worker whose clock is wrong: nobody waits for it.
 */
export function keepScheduled(resources: Resources, jobs: readonly Scheduled[]): { stop(): Promise<void> } {
  const { log, config } = resources;
  const checkEveryMs = config.cleanupIntervalMs / 2;
  let checking: Promise<void> = Promise.resolve();
  const check = () => {
    checking = Promise.all(jobs.map((job) => schedule(resources, job))).then(
      () => undefined,
      (error: unknown) => log.warn({ err: error }, 'cleanup.not-scheduled'),
    );
  };
  check();
  const timer = setInterval(check, checkEveryMs);
  return {
    async stop() {
      clearInterval(timer);
      await checking;
    },
  };
}

async function schedule({ queues, clock }: Resources, { kind, everyMs }: Scheduled): Promise<void> {
  const queue = queues.byName[kind.queue];
  const scheduler = await queue.getJobScheduler(kind.name);
  const overdueMs = clock.nowMs() - (scheduler?.next ?? 0);
  const patienceMs = everyMs * 2;
  const isFarAhead = overdueMs < -patienceMs;
  if (scheduler?.every === everyMs && overdueMs < patienceMs && !isFarAhead) return;
  // Put back over the old one, it would keep the old one's next run.
  if (isFarAhead) await queue.removeJobScheduler(kind.name);
  await queue.upsertJobScheduler(
    kind.name,
    { every: everyMs },
    {
      name: kind.name,
      opts: { attempts: kind.triesMax, removeOnComplete: true, removeOnFail: { count: 20 } },
    },
  );
}
