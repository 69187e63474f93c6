import type { RequestHandler } from 'express';
import { type Metrics, defineMetric } from '../metrics.ts';

const REQUEST_SECONDS = defineMetric({
  name: 'http_request_duration_seconds',
  help: 'Time from a request to the end of its answer, by the pattern of its route; open streams are left out.',
  labels: ['method', 'route', 'status'],
});

/** Measures an answer. `route` is the pattern of its path, so that labels stay few. */
export function observeRequest(
  metrics: Metrics,
  { method, route, status, begunAtMs }: { method: string; route: string; status: number; begunAtMs: number },
): void {
  const seconds = (performance.now() - begunAtMs) / 1_000;
  metrics.observeSeconds(REQUEST_SECONDS, { method, route, status: String(status) }, seconds);
}

/** For all that is not of the API, which does the same for itself: pages and unknown addresses are one `other`. */
export function requestMetrics(metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const begunAtMs = performance.now();
    res.once('finish', () => {
      if (String(res.getHeader('content-type')).startsWith('text/event-stream')) return;
      observeRequest(metrics, { method: req.method, route: 'other', status: res.statusCode, begunAtMs });
    });
    next();
  };
}
