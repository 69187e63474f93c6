import type { Resources } from '../resources.ts';
import { CLEANUP_DID, CLEANUP_FAILURES, CLEANUP_STEP_DURATION } from './metrics.ts';

/** What a step did, by name: for the log and the metrics. */
export type StepCounts = Readonly<Record<string, number>>;

export type Step = {
  readonly name: string;
  readonly run: (resources: Resources, signal: AbortSignal) => Promise<StepCounts>;
  /** For what need not be done each interval: the least time between two runs, over all workers. */
  readonly everyMs?: number;
  /** For what takes a bounded batch a run: whether there may be more, so that it is run again at once. */
  readonly hasMore?: (did: StepCounts) => boolean;
};

/** A step that has always more to do gives way to the next ones after so many batches. */
const BATCHES_MAX = 50;

/**
 * Runs the steps one after the other and returns what each did. A step that fails is logged and counted as
 * `{failed: 1}`, and does not keep the others from running; after an abort no further step begins. With `all`, steps
 * that are not due yet run too.
 */
export async function runSteps(
  resources: Resources,
  steps: readonly Step[],
  { signal, all }: { signal: AbortSignal; all: boolean },
): Promise<Readonly<Record<string, StepCounts>>> {
  const done: Record<string, StepCounts> = {};
  for (const step of steps) {
    if (signal.aborted) break;
    if (all || (await isDue(resources, step))) done[step.name] = await runStep(resources, step, signal);
  }
  return done;
}

async function isDue({ redis, log }: Resources, { name, everyMs }: Step): Promise<boolean> {
  if (everyMs === undefined) return true;
  try {
    return (await redis.set(`cleanup-step-done:${name}`, '1', 'PX', everyMs, 'NX')) === 'OK';
  } catch (error) {
    log.warn({ step: name, err: error }, 'cleanup.step-put-off');
    return false;
  }
}

async function runStep(resources: Resources, step: Step, signal: AbortSignal): Promise<StepCounts> {
  const { log, metrics } = resources;
  const startedMs = performance.now();
  try {
    const did = await runBatches(resources, step, signal);
    const tookMs = Math.round(performance.now() - startedMs);
    for (const [what, count] of Object.entries(did)) {
      if (count > 0) metrics.count(CLEANUP_DID, { step: step.name, what }, count);
    }
    if (Object.values(did).some((count) => count > 0))
      log.info({ step: step.name, tookMs, ...did }, 'cleanup.step-done');
    return did;
  } catch (error) {
    metrics.count(CLEANUP_FAILURES, { step: step.name });
    log.error({ step: step.name, err: error }, 'cleanup.step-failed');
    return { failed: 1 };
  } finally {
    metrics.observeSeconds(
      CLEANUP_STEP_DURATION,
      { step: step.name },
      (performance.now() - startedMs) / 1000,
    );
  }
}

async function runBatches(resources: Resources, step: Step, signal: AbortSignal): Promise<StepCounts> {
  const total: Record<string, number> = {};
  for (let batch = 1; batch <= BATCHES_MAX; batch += 1) {
    const did = await step.run(resources, signal);
    for (const [what, count] of Object.entries(did)) total[what] = (total[what] ?? 0) + count;
    if (signal.aborted || step.hasMore?.(did) !== true) break;
  }
  return total;
}
