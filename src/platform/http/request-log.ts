import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Log, withoutSearch } from '../log.ts';
import { pathOf } from './route-table.ts';

const REQUEST_ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UNLOGGED_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
/** Refusals that come by the thousand in a rush: of each, this many a second are logged, and how many were not. */
const SAMPLED_STATUSES: ReadonlySet<number> = new Set([409, 429, 503]);
const SAMPLES_PER_SECOND = 10;

/**
 * Gives each request an id (a caller's own UUID in `X-Request-Id` is kept), answers with it, and writes one line per
 * finished request: method, path without query, status, time taken. Headers, queries and bodies, which may carry
 * secrets, are never logged.
 */
export type RequestLog = {
  idOf(req: IncomingMessage): string;
  /** Once for each request, when its answer is over. */
  done(req: IncomingMessage, res: ServerResponse, of: { requestId: string; begunAtMs: number }): void;
};

export function openRequestLog(log: Log): RequestLog {
  const isSampled = sampler();
  const lines = withoutSearch(log);
  return {
    idOf({ headers }) {
      const sent = headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID_PATTERN.test(sent) ? sent : randomUUID();
    },
    done(req, res, { requestId, begunAtMs }) {
      const status = res.statusCode;
      const unlogged = isSampled(status);
      if (unlogged === null) return;
      const path = pathOf(originalUrlOf(req));
      if (UNLOGGED_PATHS.has(path)) return;
      const line = {
        requestId,
        method: req.method,
        path,
        status,
        ms: Math.round((performance.now() - begunAtMs) * 10) / 10,
        ...(unlogged > 0 ? { unlogged } : {}),
        ...(res.writableFinished ? {} : { aborted: true }),
      };
      if (status >= 500) lines.error(line, 'request.done');
      else lines.info(line, 'request.done');
    },
  };
}

/** For all that is not of the API, which does the same for itself. */
export function requestLog(requests: RequestLog): RequestHandler {
  return (req, res, next) => {
    const requestId = requests.idOf(req);
    const begunAtMs = performance.now();
    res.setHeader('x-request-id', requestId);
    res.once('close', () => requests.done(req, res, { requestId, begunAtMs }));
    next();
  };
}

/** Express takes what it has matched off the address. */
function originalUrlOf(req: IncomingMessage): string {
  return 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '/');
}

/** The id that `requestLog` gave the request. */
export function requestIdOf(res: ServerResponse): string {
  const id = res.getHeader('x-request-id');
  return typeof id === 'string' ? id : '';
}

/** null: do not log this one. Otherwise how many of its status were left out since the last line. */
function sampler(): (status: number) => number | null {
  const samplers = new Map([...SAMPLED_STATUSES].map((status) => [status, samplerOfOne()]));
  return (status) => samplers.get(status)?.() ?? (SAMPLED_STATUSES.has(status) ? null : 0);
}

function samplerOfOne(): () => number | null {
  let second = 0;
  let logged = 0;
  let left = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      logged = 0;
    }
    if (logged >= SAMPLES_PER_SECOND) {
      left += 1;
      return null;
    }
    logged += 1;
    const unlogged = left;
    left = 0;
    return unlogged;
  };
}
