import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type HttpLogger, pinoHttp } from 'pino-http';
import type { Log } from '../log.ts';

const REQUEST_ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Gives each request an id (a caller's own UUID in `X-Request-Id` is kept), answers with it, and writes one line per
 * finished request: method, path without query, status, time taken. Headers and bodies are never logged.
 */
export function requestLog(log: Log): HttpLogger {
  return pinoHttp({
    logger: log,
    genReqId: (req, res) => {
      const sent = req.headers['x-request-id'];
      const id = typeof sent === 'string' && REQUEST_ID_PATTERN.test(sent) ? sent : randomUUID();
      res.setHeader('x-request-id', id);
      return id;
    },
    autoLogging: { ignore: (req) => req.url === '/healthz' || req.url === '/readyz' },
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    customLogLevel: (_req, res, error) => (error !== undefined || res.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: () => 'request.done',
    customErrorMessage: () => 'request.failed',
    serializers: {
      req: (req: { method: string; url: string }) => ({ method: req.method, path: pathOf(req.url) }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    customSuccessObject: (req, _res, object: object) => ({
      ...object,
      method: req.method,
      path: pathOf(req.url ?? ''),
    }),
  });
}

/** Query strings may carry tokens, so they are left out of the log. */
function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/** The id that `requestLog` gave the request. */
export function requestIdOf(res: ServerResponse): string {
  const id = res.getHeader('x-request-id');
  return typeof id === 'string' ? id : '';
}
