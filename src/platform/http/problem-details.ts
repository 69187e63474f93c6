import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { isRetriable } from '../mysql.ts';
import { PROBLEMS, Problem } from '../problem.ts';
import { sendProblemPage, wantsPage } from './problem-page.ts';
import { requestIdOf } from './request-log.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** A problem document: RFC 9457, with a stable `code` beside the `type`. */
export const ProblemDocument = z
  .object({
    type: z.url().meta({ description: 'Where the problem is explained.' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable name of the problem, to branch on.' }),
    detail: z.string().meta({ description: 'What is wrong this time and how to mend it.' }),
    instance: z.string().optional().meta({ description: "The request's id, to quote when asking for help." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each fault of an invalid request, by the place it is at.' }),
  })
  .meta({ id: 'Problem' });

/** Errors that mean "not now": a store that is away or overloaded. */
const UNAVAILABLE_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'ENOENT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'POOL_CLOSED',
  'ER_GET_CONNECTION_TIMEOUT',
  'POOL_NOCONNECTIONS',
]);
const UNAVAILABLE_MESSAGE =
  /Command timed out|max retries per request|Connection is closed|Stream isn't writeable|Queue limit reached|LOADING|MISCONF|READONLY|closed state|server closed the connection/i;
const RETRY_AFTER_SECONDS = 2;

/**
 * The one place where errors become answers: documents, and pages where a browser asks for one. Whatever is not an
 * expected refusal is logged, and told in a fixed text.
 */
export function problemMapper(baseUrl: string, log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const reply = problemReply(error, { baseUrl, log, requestId: requestIdOf(res) });
    if (wantsPage(req)) sendProblemPage(req, res, reply);
    else res.status(reply.status).set(reply.headers).send(reply.body);
  };
}

export type ProblemReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
};

/** The answer to a request that failed with this error, of which the log is told if it is not an expected one. */
export function problemReply(
  error: unknown,
  { baseUrl, log, requestId }: { baseUrl: string; log: Log; requestId: string },
): ProblemReply {
  const problem = toProblem(error);
  const { status, retry, code } = problem.kind;
  // Of a limit that was reached, the line of the request tells enough; there may be thousands of them.
  if (status >= 500 && (retry !== true || problem.cause !== undefined))
    log.error({ requestId, err: error, code }, 'request.failed');
  return {
    status,
    headers: {
      ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
      ...problem.headers,
      'cache-control': 'no-store',
      'content-type': `${PROBLEM_CONTENT_TYPE}; charset=utf-8`,
    },
    body: JSON.stringify(problemBody(problem, baseUrl, requestId)),
  };
}

/** What no route took. */
export const notFound: RequestHandler = (req, _res, next) => {
  next(
    new Problem(
      PROBLEMS.not_found,
      `There is nothing at ${req.method} ${req.path}: see /api-docs for what there is.`,
    ),
  );
};

/** The document that tells of a problem. */
export function problemBody(problem: Problem, baseUrl: string, requestId?: string): Record<string, unknown> {
  return {
    type: `${baseUrl}/problems#${problem.kind.code}`,
    title: problem.kind.title,
    status: problem.kind.status,
    code: problem.kind.code,
    detail: problem.message,
    ...(requestId === undefined ? {} : { instance: `urn:uuid:${requestId}` }),
    ...problem.members,
  };
}

/** A large body may have a fault in each of its parts; the answer is not to be larger than the question. */
const FAULTS_TOLD_MAX = 100;

/** One line per fault of a zod schema, with the place as `seats[2].id`; the first hundred. */
export function faultsOf(error: z.ZodError): { path: string; message: string }[] {
  return error.issues
    .slice(0, FAULTS_TOLD_MAX)
    .map((issue) => ({ path: z.core.toDotPath(issue.path), message: issue.message }));
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isHttpError(error)) return fromHttpError(error);
  if (isUnavailable(error)) {
    return new Problem(
      PROBLEMS.unavailable,
      'A server that we depend on does not answer: try again in a moment.',
      { cause: error },
    );
  }
  return new Problem(
    PROBLEMS.internal,
    'The fault is ours and has been noted: try again, and quote `instance` if it stays.',
    {
      cause: error,
    },
  );
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return UNAVAILABLE_CODES.has(code) || UNAVAILABLE_MESSAGE.test(error.message) || isRetriable(error);
}

/** Express and its body parsers throw errors with a status (the `http-errors` package). */
type HttpError = Error & { readonly status: number; readonly type?: string };
function isHttpError(error: unknown): error is HttpError {
  return (
    error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
  );
}

function fromHttpError(error: HttpError): Problem {
  if (error.status === 413)
    return new Problem(PROBLEMS.body_too_large, 'Send a smaller body.', { cause: error });
  if (error.status === 415) {
    return new Problem(PROBLEMS.unsupported_media_type, 'Send UTF-8 JSON, uncompressed or with gzip.', {
      cause: error,
    });
  }
  const detail =
    error.type === 'entity.parse.failed'
      ? 'The body is not well-formed JSON.'
      : 'The request can not be read.';
  return new Problem(PROBLEMS.invalid_request, detail, { cause: error });
}
