import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
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
import { mountRoutes } from './platform/http/mount-routes.ts';
import { notFound, problemMapper } from './platform/http/problem-details.ts';
import { openRateLimit } from './platform/http/rate-limit.ts';
import { requestsAtOnce } from './platform/http/requests-at-once.ts';
import { requestMetrics } from './platform/http/request-metrics.ts';
import { requestLog } from './platform/http/request-log.ts';
import type { AnyRoute, Mount } from './platform/http/route.ts';
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
  const liveUpdates = openLiveUpdates(resources, limits.address);
  const mounts: readonly Mount[] = [
    ...apiDocsMounts(config, [...ROUTES, liveUpdates.operation]),
    failuresMount(),
    queueBoardMount(resources),
    ...webPagesMounts(),
  ];
  exposeGauges(resources);

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.http.trustedProxies);
  app.set('query parser', 'simple');
  app.use(requestLog(log));
  app.use(requireHost);
  app.use(
    cors({
      origin: [...config.http.corsOrigins],
      credentials: true,
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 600,
    }),
  );
  // Before what keeps something for each open answer: there may be ten thousand of these.
  app.use(liveUpdates.router);
  app.use(requestsAtOnce(config.http.requestsAtOnceMax));
  app.use(
    helmet({
      contentSecurityPolicy: { directives: CSP },
      crossOriginEmbedderPolicy: false,
      xFrameOptions: { action: 'deny' },
    }),
  );
  app.use(requestMetrics(metrics));
  app.use(
    mountRoutes(resources, ROUTES, { authenticate: (req) => accessTokens.authenticate(req), db, limits }),
  );
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

/** Nothing but what the pages are built of; Stripe is reached by a redirect, not by a script. */
const CSP = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'style-src': ["'self'"],
  'font-src': ["'self'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
  'upgrade-insecure-requests': null,
};
const EXPOSED_HEADERS = [
  'location',
  'etag',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'x-request-id',
  'idempotent-replayed',
];
