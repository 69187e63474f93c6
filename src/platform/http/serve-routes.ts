import { Readable, pipeline } from 'node:stream';
import compression from 'compression';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Db } from '../mysql.ts';
import { PROBLEMS, Problem } from '../problem.ts';
import type { HeaderList } from './captured-headers.ts';
import { once } from './idempotency.ts';
import { checkHost } from './malformed-request.ts';
import { faultsOf, problemReply } from './problem-details.ts';
import type { RateLimit } from './rate-limit.ts';
import { type BodyReader, readJson, readRaw } from './read-body.ts';
import type { RequestLog } from './request-log.ts';
import { observeRequest } from './request-metrics.ts';
import type { RequestsAtOnce } from './requests-at-once.ts';
import { type Found, openRouteTable } from './route-table.ts';
import type { AnyRoute, AuthRule, Identity, LiveBody, Reply, RouteContext } from './route.ts';

const BODY_BYTES_MAX = 100_000;

export type RouteServices = {
  /** Reads the access token; null when none was sent. @throws Problem when it is not good. */
  readonly authenticate: (req: Request) => Identity | null;
  readonly db: Db;
  readonly limits: { readonly address: RateLimit; readonly user: RateLimit; readonly signIn: RateLimit };
  readonly requests: RequestLog;
  readonly present: RequestsAtOnce;
  /** Has a refusal that means "not now" wait for those who have been let in. */
  readonly putOff: (refuse: () => void) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly baseUrl: string;
  readonly headersFor: HeadersFor;
};

/** What every answer carries, by the `Origin` of its request; of a live one and a 304 the bare minimum. */
type HeadersFor = (origin: string | undefined, isBare: boolean) => HeaderList;

/** A request on its way through; `headers` are for its answer, whatever that will be, besides those of every answer. */
type Passage = {
  readonly req: Request;
  readonly res: Response;
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** The client's address, behind as many proxies as are trusted. */
  readonly address: string;
  readonly headers: string[];
  readonly headersFor: HeadersFor;
};

/** By whom, and its body, not yet validated. */
type Sent = { readonly identity: Identity | null; readonly body: unknown };

type Served<Resources> = AnyRoute<Resources> & { readonly readBody: BodyReader | null };

/**
 * Serves the routes: limit, authenticate, authorise, read, validate, run, answer; in that order, so that nothing is read
 * of a request that is not let in. What belongs to none of them is passed on. An answer is written in one piece, with
 * all of its headers at once: in a rush most requests are refused, and what a refusal costs is what a server can take.
 */
export function serveRoutes<Resources>(
  resources: Resources,
  routes: readonly AnyRoute<Resources>[],
  services: RouteServices,
): RequestHandler {
  const table = openRouteTable(
    routes.map((route): Served<Resources> => ({ ...route, readBody: bodyReader(route) })),
  );
  const compress = compression();
  return (req, res, next) => {
    let found: Found<Served<Resources>> | null;
    try {
      found = table.find(req.method, req.url);
    } catch (error) {
      const problem = new Problem(PROBLEMS.invalid_request, 'The address is not well encoded.', {
        cause: error,
      });
      return refuse(enter(req, res, { path: 'other' }, services), problem, services);
    }
    if (found === null) return next();
    const { value: route, params } = found;
    const passage = enter(req, res, { path: route.path, params, isLive: route.isLive === true }, services);
    if (route.compress === true) compress(req, res, () => void handle(resources, route, passage, services));
    else void handle(resources, route, passage, services);
  };
}

/** From here on the request is measured and logged, whatever becomes of it. `path` is the pattern of its route. */
function enter(
  req: Request,
  res: Response,
  { path, params = {}, isLive = false }: { path: string; params?: Passage['params']; isLive?: boolean },
  { requests, headersFor, metrics }: RouteServices,
): Passage {
  const requestId = requests.idOf(req);
  const begunAtMs = performance.now();
  // It comes once anyhow; `once` would keep three objects more for each open answer.
  res.on('close', () => {
    if (!isLive || res.statusCode !== 200)
      observeRequest(metrics, { method: req.method, route: path, status: res.statusCode, begunAtMs });
    requests.done(req, res, { requestId, begunAtMs });
  });
  const headers = ['x-request-id', requestId];
  return { req, res, params, requestId, address: req.ip ?? 'unknown', headers, headersFor };
}

/** Each `async` function less on the way to the handler is felt: what it keeps lives as long as the request. */
async function handle<Resources>(
  resources: Resources,
  route: Served<Resources>,
  passage: Passage,
  services: RouteServices,
): Promise<void> {
  const { present } = services;
  let isPresent = false;
  try {
    checkHost(passage.req);
    if (route.isLive !== true) {
      present.enter(route.path);
      isPresent = true;
    }
    const identity = letIn(route, passage, services);
    const { req, res } = passage;
    const body = route.readBody === null ? undefined : await route.readBody(req, res);
    const reply = await run(resources, route, passage, { identity, body }, services.db);
    if (reply.live === undefined) send(passage, reply);
    else await goLive(passage, reply, reply.live);
  } catch (error) {
    refuse(passage, error, services);
  } finally {
    if (isPresent) present.leave();
  }
}

function refuse(passage: Passage, error: unknown, { baseUrl, log, putOff }: RouteServices): void {
  const { req, res, requestId, headers } = passage;
  // It broke in the middle of the answer, which can not be taken back: the client is to see that.
  if (res.headersSent) return void res.destroy();
  const { status, headers: own, body } = problemReply(error, { baseUrl, log, requestId });
  for (const name in own) headers.push(name, own[name] ?? '');
  const sendIt = () => {
    // What was not read of the body would be taken for the next request.
    if (!req.complete && !req.readableEnded) req.resume();
    end(passage, status, body);
  };
  // It is logged and counted by this, also when the client has gone before its turn comes.
  res.statusCode = status;
  if (status === 503 || status === 429) putOff(sendIt);
  else sendIt();
}

/** @throws Problem when a limit is used up, the token is not good, or the route is not for this caller. */
function letIn(
  route: AnyRoute<never>,
  { req, address, headers }: Passage,
  { limits, authenticate }: RouteServices,
): Identity | null {
  const { rateLimit } = route;
  let limit = limits.address;
  let left = rateLimit === 'none' ? null : limit.consume(address);
  const identity = route.auth === 'none' ? null : authenticate(req);
  if (rateLimit === 'sign-in') {
    limit = limits.signIn;
    left = limit.consume(address);
  } else if (rateLimit !== 'none' && identity !== null) {
    limit = limits.user;
    left = limit.consume(identity.userId);
  }
  if (left !== null) headers.push(...limit.headersOf(left));
  authorise(route.auth, identity);
  return identity;
}

function bodyReader(route: AnyRoute<never>): BodyReader | null {
  const bytesMax = route.bodyBytesMax ?? BODY_BYTES_MAX;
  if (route.rawBody === true) return readRaw(bytesMax);
  return route.body === undefined ? null : readJson(bytesMax);
}

/** Validates the request and runs the route's handler, once per idempotency key where the route knows them. */
function run<Resources>(
  resources: Resources,
  route: AnyRoute<Resources>,
  passage: Passage,
  sent: Sent,
  db: Db,
): Promise<Reply> {
  const { req, address } = passage;
  const context = readContext(route, passage, sent);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read by the very schemas that the handler's types come from
  const work = () => route.handle(resources, context as never);
  const key = route.idempotent === true ? req.get('idempotency-key') : undefined;
  if (key === undefined) return work();
  const actor = sent.identity?.userId ?? `address ${address}`;
  return once(db, { actor, key, method: req.method, url: req.originalUrl, body: context.body }, work);
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
  { req, params, address, requestId }: Passage,
  { identity, body }: Sent,
): RouteContext<AuthRule, z.ZodType, z.ZodType, z.ZodType> {
  return {
    identity,
    params: parse(route.params, params, 'path', PROBLEMS.not_found),
    query: route.query === undefined ? undefined : parse(route.query, req.query, 'query'),
    body: route.body === undefined ? undefined : parse(route.body, body ?? {}, 'body'),
    headers: req.headers,
    address,
    requestId,
    rawBody: Buffer.isBuffer(body) ? body : NO_BYTES,
  };
}

const NO_BYTES = Buffer.alloc(0);

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

function send(passage: Passage, { status, headers: own = {}, body }: Reply): void {
  const { req, res, headers } = passage;
  addHeaders(headers, own);
  if (status === 200 && typeof own['etag'] === 'string' && isKnown(req, own['etag']))
    return end(passage, 304, '');
  // What breaks a stream in the middle breaks the connection, so that the client knows that there was more.
  if (body instanceof Readable)
    return void pipeline(body, res.writeHead(status, headOf(passage, false)), () => undefined);
  if (typeof body === 'string' || Buffer.isBuffer(body)) return end(passage, status, body);
  if (body === undefined) return end(passage, status, '');
  headers.push('content-type', 'application/json; charset=utf-8');
  end(passage, status, JSON.stringify(body));
}

async function goLive(passage: Passage, { status, headers: own }: Reply, live: LiveBody) {
  const { req, res, headers } = passage;
  // Express's way on, which nobody takes any more, would be kept for as long as the client stays.
  req.next = undefined;
  const begin = () => {
    addHeaders(headers, own ?? {});
    // Ended by the connection's end, not in chunks: so each write is one of the bytes that all clients share.
    res.removeHeader('transfer-encoding');
    res.writeHead(status, headOf(passage, true));
  };
  if (req.method !== 'HEAD') return await live(res, begin);
  begin();
  res.end();
}

/** What an answer says itself; unless it says how long it may be kept, it may not be. */
function addHeaders(headers: string[], own: NonNullable<Reply['headers']>): void {
  for (const name in own) {
    const value = own[name] ?? '';
    for (const one of typeof value === 'string' ? [value] : value) headers.push(name, one);
  }
  if (own['cache-control'] === undefined) headers.push('cache-control', 'no-store');
}

/**
 * Whether the client says that it has just this, by the weak comparison of RFC 9110, section 13.1.2. Express's own
 * (`req.fresh`) would need the header set beforehand, and `writeHead` is slow for an answer that has any set.
 */
function isKnown({ method, headers }: Request, etag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  return (
    known === etag || known.split(',').some((one) => one.trim() === '*' || isSameWeakly(one.trim(), etag))
  );
}

function isSameWeakly(one: string, other: string): boolean {
  return one.replace(WEAK, '') === other.replace(WEAK, '');
}

const WEAK = /^W\//;

/** A text goes out in one piece with its head. */
function end(passage: Passage, status: number, body: string | Buffer): void {
  const head = headOf(passage, status === 304);
  if (status !== 204 && status !== 304) head.push('content-length', String(Buffer.byteLength(body)));
  passage.res.writeHead(status, head).end(body);
}

function headOf({ req, headers, headersFor }: Passage, isBare: boolean): string[] {
  return [...headersFor(req.headers.origin, isBare), ...headers];
}
