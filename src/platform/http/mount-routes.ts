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

/** Turns routes into an express router: limit, authenticate, read, validate, run, answer; in that order. */
export function mountRoutes<Resources>(
  resources: Resources,
  routes: readonly AnyRoute<Resources>[],
  services: RouteServices,
): Router {
  const router = Router();
  for (const route of routes) {
    router[route.method](route.path, ...bodyReaders(route), handlerOf(resources, route, services));
  }
  return router;
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

function handlerOf<Resources>(
  resources: Resources,
  route: AnyRoute<Resources>,
  services: RouteServices,
): RequestHandler {
  return async (req, res) => {
    const identity = route.auth === 'none' ? null : services.authenticate(req);
    await applyLimits(route, req, res, identity, services);
    authorise(route.auth, identity);
    const context = readContext(route, req, res, identity);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read by the very schemas that the handler's types come from
    const work = () => route.handle(resources, context as never);
    const key = route.idempotent === true ? req.get('idempotency-key') : undefined;
    const reply =
      key === undefined
        ? await work()
        : await once(
            services.db,
            {
              actor: identity?.userId ?? `address ${req.ip}`,
              key,
              method: req.method,
              url: req.originalUrl,
              body: context.body,
            },
            work,
          );
    send(res, reply);
  };
}

async function applyLimits(
  route: AnyRoute<never>,
  req: Request,
  res: Response,
  identity: Identity | null,
  { limits }: RouteServices,
): Promise<void> {
  if (route.rateLimit === 'none') return;
  const address = req.ip ?? 'unknown';
  const perAddress = limits.address.consume(address);
  const stricter =
    route.rateLimit === 'sign-in'
      ? limits.signIn.consume(address)
      : identity !== null
        ? limits.user.consume(identity.userId)
        : null;
  const [general, strict] = await Promise.all([perAddress, stricter]);
  res.set(strict ?? general);
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

function send(res: Response, reply: Reply): void {
  res.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers ?? {}))
    res.set(name, typeof value === 'string' ? value : [...value]);
  if (res.get('cache-control') === undefined) res.set('cache-control', 'no-store');
  if (reply.body === undefined) return void res.end();
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) return void res.send(reply.body);
  res.json(reply.body);
}
