import express, { type Express } from 'express';
import { openAccessTokens } from './accounts/access-token.ts';
import { accountRoutes } from './accounts/routes.ts';
import { bookingRoutes } from './bookings/routes.ts';
import { checkoutRoutes } from './checkout/routes.ts';
import { eventRoutes } from './events/routes.ts';
import { holdRoutes } from './holds/routes.ts';
import { openLiveUpdates } from './live-updates/routes.ts';
import { auditRoutes } from './operations/audit-routes.ts';
import { apiDocsMounts } from './operations/api-docs.ts';
import { failuresMount } from './operations/failures-page.ts';
import { exposeGauges } from './operations/gauges.ts';
import { queueBoardMount } from './operations/queue-board.ts';
import { operationRoutes } from './operations/routes.ts';
import { paymentRoutes } from './payments/routes.ts';
import { salesRoutes } from './sales/routes.ts';
import { seatRoutes } from './seats/routes.ts';
import { requireHost } from './platform/http/malformed-request.ts';
import { openAnswerHeaders } from './platform/http/answer-headers.ts';
import { notFound, problemMapper } from './platform/http/problem-details.ts';
import { openRateLimit } from './platform/http/rate-limit.ts';
import { openTurns } from './platform/http/in-turn.ts';
import { openRequestsAtOnce, requestsAtOnce } from './platform/http/requests-at-once.ts';
import { requestMetrics } from './platform/http/request-metrics.ts';
import { openRequestLog, requestLog } from './platform/http/request-log.ts';
import type { AnyRoute, Mount } from './platform/http/route.ts';
import { serveRoutes } from './platform/http/serve-routes.ts';
import type { Resources } from './resources.ts';
import { webPagesMounts } from './web-pages.ts';

/** Every operation of the API, by feature; the OpenAPI document is made from the same list. */
export const ROUTES: readonly AnyRoute<Resources>[] = [
  ...accountRoutes,
  ...eventRoutes,
  ...seatRoutes,
  ...holdRoutes,
  ...checkoutRoutes,
  ...paymentRoutes,
  ...bookingRoutes,
  ...operationRoutes,
  ...auditRoutes,
  ...salesRoutes,
];

export type App = {
  readonly express: Express;
  /** Ends what the app keeps open by itself: streams, subscriptions. */
  close(): Promise<void>;
};

/** The whole HTTP API. */
export async function createApp(resources: Resources): Promise<App> {
  const { config, redis, db, log, metrics } = resources;
  const accessTokens = await openAccessTokens(resources);
  const limits = {
    address: openRateLimit(redis, 'address', config.rateLimits.perAddressPerMinute),
    user: openRateLimit(redis, 'user', config.rateLimits.perUserPerMinute),
    signIn: openRateLimit(redis, 'sign-in', config.rateLimits.signInsPerMinute),
  };
  const liveUpdates = openLiveUpdates(resources);
  const routes = [...ROUTES, liveUpdates.route];
  const mounts: readonly Mount[] = [
    ...apiDocsMounts(config, routes),
    failuresMount(),
    queueBoardMount(resources),
    ...webPagesMounts(),
  ];
  exposeGauges(resources);

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.http.trustedProxies);
  app.set('query parser', 'simple');
  const answerHeaders = openAnswerHeaders(config.http.corsOrigins);
  const requests = openRequestLog(log);
  const present = openRequestsAtOnce(config.http.requestsAtOnceMax);
  app.use(
    serveRoutes(resources, routes, {
      authenticate: (req) => accessTokens.authenticate(req),
      db,
      limits,
      requests,
      present,
      putOff: openTurns(),
      metrics,
      log,
      baseUrl: config.http.baseUrl,
      headersFor: answerHeaders.byOrigin,
    }),
  );
  app.use(requestLog(requests));
  app.use(requireHost);
  app.use(answerHeaders.shared);
  app.use(requestsAtOnce(present));
  app.use(answerHeaders.secure);
  app.use(requestMetrics(metrics));
  for (const mount of mounts) app.use(mount.path, mount.handler);
  app.use(notFound);
  app.use(problemMapper(config.http.baseUrl, log));

  return {
    express: app,
    async close() {
      liveUpdates.close();
      await accessTokens.close();
    },
  };
}
