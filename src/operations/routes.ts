import { z } from 'zod';
import { maySeeMetrics } from '../platform/metrics-listener.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { checkReadiness } from './check-health.ts';
import { queueRoutes } from './queue-routes.ts';

const PROBE = { tags: ['operations'], auth: 'none', rateLimit: 'none', method: 'get' } as const;

const Dependency = z.object({
  status: z.enum(['ok', 'down']),
  tookMs: z.int(),
  reason: z.string().optional(),
});
const Readiness = z
  .object({
    status: z.enum(['ready', 'not ready']),
    dependencies: z.object({ mysql: Dependency, redis: Dependency }),
    payments: z.enum(['stripe', 'stand-in']),
  })
  .meta({ id: 'Readiness' });

export const operationRoutes: readonly AnyRoute<Resources>[] = [
  defineRoute({
    ...PROBE,
    path: '/healthz',
    operationId: 'checkLiveness',
    summary: 'Whether the process is alive',
    description: 'Asks nothing else: a server whose database is away is not mended by restarting it.',
    answers: { 200: { description: 'It is', schema: z.object({ status: z.literal('ok') }) } },
    handle: async () => ({ status: 200, body: { status: 'ok' } }),
  }),
  defineRoute({
    ...PROBE,
    path: '/readyz',
    operationId: 'checkReadiness',
    summary: 'Whether the server can do its work, by dependency',
    answers: {
      200: { description: 'All dependencies answer', schema: Readiness },
      503: { description: 'One does not', schema: Readiness },
    },
    handle: async (resources: Resources) => {
      const readiness = await checkReadiness(resources);
      return { status: readiness.status === 'ready' ? 200 : 503, body: readiness };
    },
  }),
  defineRoute({
    ...PROBE,
    path: '/metrics',
    operationId: 'readMetrics',
    summary: "The server's metrics, for Prometheus",
    description: 'When METRICS_TOKEN is set, it is to be sent as a bearer token.',
    answers: { 200: { description: 'Text format', contentType: 'text/plain', schema: z.string() } },
    problems: [PROBLEMS.unauthenticated],
    handle: async ({ config, metrics }: Resources, { headers }) => {
      if (!maySeeMetrics(config, headers.authorization)) {
        throw new Problem(PROBLEMS.unauthenticated, 'Send METRICS_TOKEN: Authorization: Bearer ...', {
          headers: { 'www-authenticate': 'Bearer' },
        });
      }
      const { contentType, text } = await metrics.render();
      return { status: 200, body: text, headers: { 'content-type': contentType } };
    },
  }),
  ...queueRoutes,
];
