import type { RequestHandler } from 'express';
import { type Metrics, defineMetric } from '../metrics.ts';

const REQUEST_SECONDS = defineMetric({
  name: 'http_request_duration_seconds',
  help: 'Time from a request to the end of its answer, by the pattern of its route; streams are left out.',
  labels: ['method', 'route', 'status'],
});

/** Measures each answer. Whatever no route took (pages, unknown addresses) is one `other`, so that labels stay few. */
export function requestMetrics(metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const startedMs = performance.now();
    res.once('finish', () => {
      if (String(res.getHeader('content-type')).startsWith('text/event-stream')) return;
      const pattern: unknown = req.route?.path;
      const labels = {
        method: req.method,
        route: typeof pattern === 'string' ? pattern : 'other',
        status: String(res.statusCode),
      };
      metrics.observeSeconds(REQUEST_SECONDS, labels, (performance.now() - startedMs) / 1_000);
    });
    next();
  };
}
