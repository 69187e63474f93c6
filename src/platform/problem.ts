/** What an expected refusal is called and how it is answered: an entry of a feature's catalogue (`problems.ts`). */
export type ProblemKind = {
  readonly code: string;
  /** The HTTP status that the refusal is answered with. */
  readonly status: number;
  /** The same words each time; what differs goes into `detail`. */
  readonly title: string;
  /** Whether the same request may succeed later: tells a worker to retry, and a client too. */
  readonly retry?: boolean;
};

/**
 * An expected refusal. `detail` is for the client and says how to mend it; `cause` is for the log only.
 * `members` become extension members of the problem document (RFC 9457, section 3.2).
 */
export class Problem extends Error {
  override name = 'Problem';
  readonly kind: ProblemKind;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    // An expected refusal ("not now" is one too) needs no stack trace, and in a rush there are thousands a second.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = kind.status < 500 || kind.retry === true ? 0 : stackTraceLimit;
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.kind = kind;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }
}

export type ProblemOptions = {
  readonly cause?: unknown;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Builds a catalogue from `{code: {status, title}}`, so that a code is written once. */
export function defineProblems<const Catalogue extends Record<string, Omit<ProblemKind, 'code'>>>(
  catalogue: Catalogue,
): { readonly [Code in keyof Catalogue]: ProblemKind } {
  const entries = Object.entries(catalogue).map(([code, kind]) => [code, { code, ...kind }]);
  return Object.fromEntries(entries);
}

/** Refusals that any feature may have. */
export const PROBLEMS = defineProblems({
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'This address does not answer that method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time', retry: true },
  not_acceptable_now: { status: 409, title: 'Not possible in the present state' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not understood' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  idempotency_key_in_use: {
    status: 409,
    title: 'The first request with this idempotency key is still running',
    retry: true,
  },
  headers_too_large: { status: 431, title: 'The address and headers are too long' },
  rate_limited: { status: 429, title: 'Too many requests', retry: true },
  server_busy: { status: 503, title: 'This server has as much to do as it can', retry: true },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service can not answer right now', retry: true },
});
