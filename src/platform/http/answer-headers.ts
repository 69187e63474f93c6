import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { type HeaderList, capturedHeaders } from './captured-headers.ts';

export type AnswerHeaders = {
  /** Says which other sites may use the API from a browser, and answers their preflight requests. */
  readonly shared: RequestHandler;
  readonly secure: RequestHandler;
  /**
   * What both give to an answer of the API: the same each time but for the origin, and so found out once. A live answer
   * has only `shared`, since Node keeps the head for as long as it lasts; what secures pages means nothing to it.
   */
  readonly byOrigin: (origin: string | undefined, isLive: boolean) => HeaderList;
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
  const security = capturedHeaders(secure);
  const both = (sharing: HeaderList) => ({ live: sharing, other: [...security, ...sharing] });
  const unlisted = both(capturedHeaders(shared));
  const listed = new Map(corsOrigins.map((origin) => [origin, both(capturedHeaders(shared, { origin }))]));
  return {
    shared,
    secure,
    byOrigin(origin, isLive) {
      const lists = origin === undefined ? unlisted : (listed.get(origin) ?? unlisted);
      return isLive ? lists.live : lists.other;
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
