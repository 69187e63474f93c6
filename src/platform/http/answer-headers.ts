import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { type HeaderList, capturedHeaders } from './captured-headers.ts';

export type AnswerHeaders = {
  /** Says which other sites may use the API from a browser, and answers their preflight requests. */
  readonly shared: RequestHandler;
  readonly secure: RequestHandler;
  /** What both give to an answer of the API: the same each time but for the origin, and so found out once. */
  readonly byOrigin: (origin: string | undefined) => HeaderList;
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
  const unlisted = [...security, ...capturedHeaders(shared)];
  const listed = new Map(
    corsOrigins.map((origin) => [origin, [...security, ...capturedHeaders(shared, { origin })]]),
  );
  return {
    shared,
    secure,
    byOrigin: (origin) => (origin === undefined ? unlisted : (listed.get(origin) ?? unlisted)),
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
