import { Readable, pipeline } from 'node:stream';
import compression from 'compression';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Db } from '../mysql.ts';
import { PROBLEMS, Problem } from '../problem.ts';
import { once } from './idempotency.ts';
import { faultsOf } from './problem-details.ts';
import { requestIdOf } from './request-log.ts';
import type { RateLimit } from './rate-limit.ts';
import type { AnyRoute, AuthRule, Identity, Reply, RouteContext } from './route.ts';

const BODY_BYTES_MAX = 100_000;

export type RouteServices = {
  /** Reads the access token; null when none was sent. @throws Problem when it is not good. */
  readonly authenticate: (req: Request) => Identity | null;
  readonly db: Db;
  readonly limits: { readonly address: RateLimit; readonly user: RateLimit; readonly signIn: RateLimit };
};

/**
 * Turns routes into an express router: limit, authenticate, authorise, read, validate, run, answer; in that order, so
 * that nothing is read of a request that is not let in.
 */
export function mountRoutes<Resources>(
  resources: Resources,
  routes: readonly AnyRoute<Resources>[],
  services: RouteServices,
): Router {
  const router = Router();
  const admitted = new WeakMap<Request, Identity | null>();
  const compress = compression();
  for (const route of routes) {
    const admit: RequestHandler = (req, res, next) => {
      admitted.set(req, letIn(route, req, res, services));
      next();
    };
    const run = runnerOf(resources, route, services.db);
    const answer: RequestHandler = async (req, res) =>
      send(res, await run(req, res, admitted.get(req) ?? null));
    const packed = route.compress === true ? [compress] : [];
    router[route.method](route.path, admit, ...packed, ...bodyReaders(route), answer);
  }
  return router;
}

/** @throws Problem when a limit is used up, the token is not good, or the route is not for this caller. */
function letIn(
  route: AnyRoute<never>,
  req: Request,
  res: Response,
  services: RouteServices,
): Identity | null {
  const { limits } = services;
  const address = req.ip ?? 'unknown';
  if (route.rateLimit !== 'none') setHeaders(res, limits.address.consume(address));
  const identity = route.auth === 'none' ? null : services.authenticate(req);
  if (route.rateLimit === 'sign-in') setHeaders(res, limits.signIn.consume(address));
  else if (route.rateLimit !== 'none' && identity !== null)
    setHeaders(res, limits.user.consume(identity.userId));
  authorise(route.auth, identity);
  return identity;
}

function bodyReaders(route: AnyRoute<never>): RequestHandler[] {
  const limit = route.bodyBytesMax ?? BODY_BYTES_MAX;
  if (route.rawBody === true) return [express.raw({ type: () => true, limit })];
  if (route.body === undefined) return [];
  return [requireJson, express.json({ limit, strict: false })];
}

const requireJson: RequestHandler = (req, _res, next) => {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (!hasBody || req.is(['application/json', 'application/*+json']) !== false) return next();
  next(new Problem(PROBLEMS.unsupported_media_type, 'Send the body as application/json.'));
};

/** Validates the request and runs the route's handler, once per idempotency key where the route knows them. */
function runnerOf<Resources>(resources: Resources, route: AnyRoute<Resources>, db: Db) {
  return async (req: Request, res: Response, identity: Identity | null): Promise<Reply> => {
    const context = readContext(route, req, res, identity);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read by the very schemas that the handler's types come from
    const work = () => route.handle(resources, context as never);
    const key = route.idempotent === true ? req.get('idempotency-key') : undefined;
    if (key === undefined) return work();
    const actor = identity?.userId ?? `address ${req.ip}`;
    return once(db, { actor, key, method: req.method, url: req.originalUrl, body: context.body }, work);
  };
}

function setHeaders(res: Response, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) res.setHeader(name, headers[name] ?? '');
}

/** @throws Problem `unauthenticated` or `forbidden`. */
function authorise(rule: AuthRule, identity: Identity | null): void {
  if (rule === 'none' || rule === 'optional') return;
  if (identity === null) {
    throw new Problem(PROBLEMS.unauthenticated, 'Send an access token: Authorization: Bearer ...', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  if (rule !== 'required' && !rule.roles.includes(identity.role)) {
    throw new Problem(PROBLEMS.forbidden, `This needs the role ${rule.roles.join(' or ')}.`);
  }
}

function readContext(
  route: AnyRoute<never>,
  req: Request,
  res: Response,
  identity: Identity | null,
): RouteContext<AuthRule, z.ZodType, z.ZodType, z.ZodType> {
  return {
    identity,
    params: parse(route.params, req.params, 'path', PROBLEMS.not_found),
    query: parse(route.query, req.query, 'query'),
    body: route.body === undefined ? undefined : parse(route.body, req.body ?? {}, 'body'),
    headers: req.headers,
    address: req.ip ?? 'unknown',
    requestId: requestIdOf(res),
    rawBody: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0),
  };
}

function parse(
  schema: z.ZodType | undefined,
  input: unknown,
  place: string,
  kind = PROBLEMS.invalid_request,
): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = faultsOf(parsed.error);
  const first = errors[0];
  throw new Problem(
    kind,
    `The ${place} is not valid: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'see errors'}.`,
    {
      members: { errors },
    },
  );
}

function send(res: Response, { status, headers, body }: Reply): void {
  res.status(status);
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value);
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  if (body === undefined) return void res.end();
  // What breaks a stream in the middle breaks the connection, so that the client knows that there was more.
  if (body instanceof Readable) return void pipeline(body, res, () => undefined);
  if (typeof body === 'string' || Buffer.isBuffer(body)) return void res.send(body);
  // Express would hash every body for an ETag; answers that may be asked for again carry their own.
  const json = Buffer.from(JSON.stringify(body));
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('content-length', json.length);
  res.end(json);
}
