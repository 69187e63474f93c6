import { waitAsAsked } from './asked-to-wait.ts';
import { ApiProblem, Unreachable, problemOf } from './problem.ts';
import { pause } from '../platform/pause.ts';

const TRIES_MAX = 4;
const FIRST_PAUSE_MS = 400;
const PAUSE_MS_MAX = 6_000;
/** The longest that a busy server asks us to stay away. */
const BUSY_MS_MAX = 30_000;
/** Added to what the server asks for in whole seconds, so that those who were refused together don't come together. */
const SPREAD_MS = 1_000;
const ANSWER_WITHIN_MS = 20_000;
/** Answers that say "not now" rather than "no". */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);
/** With these the server says that it has done nothing: whatever was asked may be asked again. */
const NOTHING_DONE_CODES = new Set(['server_busy', 'queue_full']);

export type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly token?: string | null;
  readonly idempotencyKey?: string;
  /** Whether sending it twice is harmless; by default all but POST. A POST with an idempotency key always is. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What the answer is read as; JSON unless said otherwise. */
  readonly as?: 'blob';
};

export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
  readonly sentAt: number;
};

/**
 * One call of the API. What is safe to repeat is repeated, with growing pauses, while the network or the server is away,
 * and not before the time at which a busy server has asked us to come again.
 * @throws ApiProblem when the server refuses, Unreachable when it could not be reached.
 */
export async function request(path: string, options: RequestOptions = {}): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await requestOnce(path, options);
    } catch (error) {
      const waitMs = pauseAfter(error, tries);
      const mayRepeat = isRepeatable(options) || hasDoneNothing(error);
      if (waitMs === null || tries >= TRIES_MAX || !mayRepeat) throw error;
      await (isBusy(error) ? waitAsAsked : pause)(waitMs, options.signal);
    }
  }
}

function isRepeatable({ method = 'GET', idempotencyKey, repeatable }: RequestOptions): boolean {
  return repeatable ?? (method !== 'POST' || idempotencyKey !== undefined);
}

function hasDoneNothing(error: unknown): boolean {
  return error instanceof ApiProblem && NOTHING_DONE_CODES.has(error.code);
}

function isBusy(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 503;
}

async function requestOnce(path: string, options: RequestOptions): Promise<Reply> {
  const sentAt = Date.now();
  const response = await send(path, options);
  if (!response.ok) throw await problemOf(response);
  return {
    status: response.status,
    body: await bodyOf(response, options.as),
    headers: response.headers,
    sentAt,
  };
}

/** How long to wait before the next try; null when the answer will not be another. */
function pauseAfter(error: unknown, tries: number): number | null {
  if (error instanceof Unreachable) return pauseMs(tries);
  if (!(error instanceof ApiProblem) || !PASSING_STATUSES.has(error.status)) return null;
  if (error.retryAfterSeconds === null) return pauseMs(tries);
  const askedMs = error.retryAfterSeconds * 1000;
  if (askedMs > (isBusy(error) ? BUSY_MS_MAX : PAUSE_MS_MAX)) return null;
  return Math.max(askedMs + Math.random() * SPREAD_MS, pauseMs(tries));
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token) headers['authorization'] = `Bearer ${options.token}`;
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    return await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new Unreachable('The server could not be reached', { cause: error });
  }
}

async function bodyOf(response: Response, as: RequestOptions['as']): Promise<unknown> {
  if (response.status === 204) return null;
  try {
    return as === 'blob' ? await response.blob() : await response.json();
  } catch (error) {
    throw new Unreachable('The answer broke off', { cause: error });
  }
}

/** Doubles each time, with a random part so that a crowd doesn't come back in step. */
function pauseMs(tries: number): number {
  return Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.75 + Math.random() / 2);
}
