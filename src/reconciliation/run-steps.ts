import type { Resources } from '../resources.ts';

/** What a step did, by name: for the log and the metrics. */
export type StepCounts = Readonly<Record<string, number>>;

/**
 * Runs the steps one after the other and returns what each did. A step that fails is logged and counted as
 * `{failed: 1}`, and does not keep the others from running; after an abort no further step begins.
 */
export async function runSteps(
  resources: Resources,
  steps: Readonly<Record<string, (resources: Resources, signal: AbortSignal) => Promise<StepCounts>>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, StepCounts>>> {
  const done: Record<string, StepCounts> = {};
  for (const [name, step] of Object.entries(steps)) {
    if (signal.aborted) break;
    done[name] = await runStep(resources, name, () => step(resources, signal));
  }
  return done;
}

async function runStep(
  { log, clock }: Resources,
  name: string,
  step: () => Promise<StepCounts>,
): Promise<StepCounts> {
  const startedMs = clock.nowMs();
  try {
    const counts = await step();
    const tookMs = clock.nowMs() - startedMs;
    const didSomething = Object.values(counts).some((count) => count > 0);
    if (didSomething) log.info({ step: name, tookMs, ...counts }, 'cleanup.step-done');
    return counts;
  } catch (error) {
    log.error({ step: name, err: error }, 'cleanup.step-failed');
    return { failed: 1 };
  }
}
