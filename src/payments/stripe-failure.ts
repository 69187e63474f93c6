import { Stripe } from 'stripe';

/**
 * - `unreachable`: no answer; the work may have been done or not.
 * - `busy`: Stripe (or our own limit) says "later"; nothing was done.
 * - `server_error`: Stripe failed; the work may have been done, and its idempotency key now answers with this failure.
 * - `refused`: Stripe understood and said no; the same request will be refused again.
 */
export type StripeFailureKind = 'unreachable' | 'busy' | 'server_error' | 'refused';

/** A call to Stripe that did not give what was asked for. */
export class StripeFailure extends Error {
  override name = 'StripeFailure';
  readonly kind: StripeFailureKind;
  readonly code: string | null;
  readonly param: string | null;
  readonly retryAfterMs: number | null;

  constructor(kind: StripeFailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = details.code ?? null;
    this.param = details.param ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.kind !== 'refused';
  }
}

type FailureDetails = {
  cause?: unknown;
  code?: string | null;
  param?: string | null;
  retryAfterMs?: number | null;
};

/** What an error of the package means to us; errors that are not Stripe's are thrown on. */
export function toStripeFailure(error: unknown): StripeFailure {
  if (error instanceof StripeFailure) return error;
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const details = {
    cause: error,
    code: error.code ?? null,
    param: error.param ?? null,
    retryAfterMs: retryAfterMsOf(error),
  };
  return new StripeFailure(kindOf(error), error.message, details);
}

function kindOf(error: InstanceType<typeof Stripe.errors.StripeError>): StripeFailureKind {
  if (error instanceof Stripe.errors.StripeConnectionError) return 'unreachable';
  if (
    error instanceof Stripe.errors.StripeRateLimitError ||
    error.statusCode === 429 ||
    error.statusCode === 409
  )
    return 'busy';
  if (error instanceof Stripe.errors.StripeAPIError || (error.statusCode ?? 500) >= 500)
    return 'server_error';
  return 'refused';
}

function retryAfterMsOf(error: InstanceType<typeof Stripe.errors.StripeError>): number | null {
  const seconds = Number(error.headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
