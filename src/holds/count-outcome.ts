import { type Metrics, defineMetric } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';

const HOLDS = defineMetric({
  name: 'holdfast_holds_total',
  help: 'Requests for seats by how they ended: held, queued, a problem code, or error.',
  labels: ['outcome'],
});

/** Counts how a request for seats ended, and passes the result or the error on. */
export async function countOutcome<Result extends { readonly outcome: string }>(
  metrics: Metrics,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    metrics.count(HOLDS, { outcome: result.outcome });
    return result;
  } catch (error) {
    metrics.count(HOLDS, { outcome: error instanceof Problem ? error.kind.code : 'error' });
    throw error;
  }
}
