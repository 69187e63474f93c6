import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, invalidRequest } from './api-error.ts';
import { expand } from './api/expand.ts';
import type { Call } from './api/call.ts';
import { requireApiKey } from './authentication.ts';
import { doWhatIsDue } from './due.ts';
import type { RequestRule } from './faults.ts';
import { decodeForm, type ParamObject } from './form.ts';
import { BodyTooLarge, readBody, sendJson, wait } from './http-io.ts';
import { claimKey, hashRequest, requireUsableKey } from './idempotency.ts';
import { newId } from './identifiers.ts';
import { parseParams } from './params.ts';
import { findRoute } from './router.ts';
import { apiVersion } from './shapes/render.ts';
import { change, type World } from './world.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Request {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly key: string | null;
  readonly version: string | null;
}

/** Answers one request under `/v1/`. Never rejects. */
export async function answerApi(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const requestId = newId('req_', 14);
  const key = headerOf(req, 'idempotency-key');
  const version = headerOf(req, 'stripe-version');
  const common = {
    'request-id': requestId,
    'stripe-version': version ?? apiVersion,
    ...(key === null ? {} : { 'idempotency-key': key }),
  };
  let answer: Answer | 'no answer';
  try {
    requireApiKey(req.headers.authorization);
    const [path = '', query = ''] = (req.url ?? '').split('?', 2);
    const body = await readBody(req);
    const method = req.method ?? 'GET';
    answer = await work(world, { id: requestId, method, path, query, body, key, version }, res);
  } catch (error) {
    answer = answerOfError(error);
  }
  if (answer !== 'no answer') sendJson(res, answer.status, answer.body, { ...common, ...answer.headers });
}

async function work(world: World, request: Request, res: ServerResponse): Promise<Answer | 'no answer'> {
  const { method, path } = request;
  const route = findRoute(method, path);
  if (route === undefined) throw unknownUrl(method, path);
  await doWhatIsDue(world);
  if (world.faults.exceedsRate(route.name, Date.now())) return rateLimited();
  const before = world.faults.takeRule(method, path, 'before');
  if (before !== undefined) return misbehave(before, res);
  const after = world.faults.takeRule(method, path, 'after');
  const answer = await execute(world, request, route, after);
  return after === undefined ? answer : misbehave(after, res);
}

/** Does the work once for each idempotency key, and keeps its answer with the work, in one transaction. */
async function execute(
  world: World,
  request: Request,
  route: NonNullable<ReturnType<typeof findRoute>>,
  after: RequestRule | undefined,
): Promise<Answer> {
  const { id: requestId, key } = request;
  const run = (): Answer => {
    try {
      const params = decodeParams(request);
      const { paths, rest } = takeExpand(params);
      const origin = { requestId, idempotencyKey: key };
      const call: Call = { world, origin, params: rest, ids: route.ids, version: request.version };
      return { status: 200, body: JSON.stringify(expand(call, route.handler(call), paths)) };
    } catch (error) {
      if (error instanceof ApiError && error.executed) return answerOfError(error);
      throw error;
    }
  };
  if (request.method === 'GET') {
    await takeTime(world);
    return run();
  }
  if (key === null) {
    await takeTime(world);
    return change(world, run);
  }
  requireUsableKey(key);
  const requestHash = hashRequest(request.method, request.path, request.query, request.body);
  const claim = claimKey(world, key, requestHash);
  if ('saved' in claim) {
    const { status, body, requestId: original } = claim.saved;
    return { status, body, headers: { 'idempotent-replayed': 'true', 'original-request': original } };
  }
  try {
    await takeTime(world);
    return await change(world, () => {
      const answer = run();
      // A 500 after the work is what Stripe then repeats for the key; a lost answer isn't Stripe's doing.
      const kept = after?.answer === '500' ? serverError() : answer;
      const created = world.clock.nowSeconds();
      const { status, body } = kept;
      world.store.put('answer', { id: key, created, requestHash, requestId, status, body });
      return { ...answer, headers: { 'original-request': requestId } };
    });
  } finally {
    claim.release();
  }
}

/** As long as a test says that Stripe takes; what fell due meanwhile comes first. */
async function takeTime(world: World): Promise<void> {
  if (world.faults.latencyMs === 0) return;
  await wait(world.faults.latencyMs);
  await doWhatIsDue(world);
}

function decodeParams(request: Request): ParamObject {
  try {
    return decodeForm(request.method === 'POST' && request.body !== '' ? request.body : request.query);
  } catch (error) {
    if (error instanceof RangeError) throw invalidRequest(`Invalid request: ${error.message}.`);
    throw error;
  }
}

function takeExpand(params: ParamObject): { paths: readonly string[]; rest: ParamObject } {
  const { expand: asked, ...rest } = params;
  if (asked === undefined) return { paths: [], rest };
  return { paths: parseParams({ expand: asked }, { expand: { list: 'string' } }).expand ?? [], rest };
}

/** `hang` leaves the caller waiting until it gives up; `reset` breaks the connection. */
function misbehave(rule: RequestRule, res: ServerResponse): Answer | 'no answer' {
  switch (rule.answer) {
    case '429':
      return rateLimited();
    case '500':
      return serverError();
    case 'reset':
      res.socket?.resetAndDestroy();
      return 'no answer';
    case 'hang':
      return 'no answer';
    default:
      throw new Error(`unknown fault ${String(rule.answer satisfies never)}`);
  }
}

function answerOfError(error: unknown): Answer {
  if (error instanceof BodyTooLarge) return answerOfError(invalidRequest('Request entity too large.'));
  if (!(error instanceof ApiError)) {
    console.error('stripe stand-in: a fault of its own:', error);
    return serverError();
  }
  const shouldRetry = error.status === 409 ? 'true' : 'false';
  const body = JSON.stringify({ error: error.body });
  return { status: error.status, body, headers: { 'stripe-should-retry': shouldRetry } };
}

function serverError(): Answer {
  const error = {
    type: 'api_error',
    message: 'An unknown error occurred (made by the Stripe stand-in, as a test asked).',
  };
  return { status: 500, body: JSON.stringify({ error }) };
}

function rateLimited(): Answer {
  const error = {
    type: 'invalid_request_error',
    code: 'rate_limit',
    doc_url: 'https://stripe.com/docs/error-codes/rate-limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  };
  return {
    status: 429,
    body: JSON.stringify({ error }),
    headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
  };
}

function unknownUrl(method: string, path: string): ApiError {
  return new ApiError(404, {
    type: 'invalid_request_error',
    message:
      `Unrecognized request URL (${method}: ${path}). The Stripe stand-in plays only a part of Stripe's API; ` +
      'see https://stripe.com/docs for the whole.',
  });
}

function headerOf(req: IncomingMessage, name: string): string | null {
  const value = req.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
