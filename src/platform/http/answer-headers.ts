import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet, { type HelmetOptions } from 'helmet';
import { type HeaderList, capturedHeaders } from './captured-headers.ts';

export type AnswerHeaders = {
  /** Says which other sites may use the API from a browser, and answers their preflight requests. */
  readonly shared: RequestHandler;
  /** What secures pages. */
  readonly secure: RequestHandler;
  /**
   * For an answer of the API: the same each time but for the origin, and so found out once. Of what secures pages it has
   * what means something to an answer that nobody is to show as a page. A bare one has not even that: a live answer, since
   * Node keeps the head for as long as it lasts, and a 304, whose client has it.
   */
  readonly byOrigin: (origin: string | undefined, isBare: boolean) => HeaderList;
};

export function openAnswerHeaders(corsOrigins: readonly string[]): AnswerHeaders {
  const shared = cors({
    origin: [...corsOrigins],
    credentials: true,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
  const secure = helmet({
    contentSecurityPolicy: { directives: CSP },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
  });
  const security = capturedHeaders(helmet(FOR_DATA));
  const both = (sharing: HeaderList) => ({ bare: sharing, other: [...security, ...sharing] });
  // Nothing is said to others, but that there may be some to whom it is.
  const unlisted = both(['vary', 'Origin']);
  const listed = new Map(corsOrigins.map((origin) => [origin, both(capturedHeaders(shared, { origin }))]));
  return {
    shared,
    secure,
    byOrigin(origin, isBare) {
      const lists = origin === undefined ? unlisted : (listed.get(origin) ?? unlisted);
      return isBare ? lists.bare : lists.other;
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
/** As OWASP's "REST Security" cheat sheet has it; what is left out is about scripts, windows and plug-ins of pages. */
const FOR_DATA: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  xFrameOptions: { action: 'deny' },
  crossOriginEmbedderPolicy: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
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
