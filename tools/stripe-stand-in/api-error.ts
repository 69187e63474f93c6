/**
 * What Stripe answers when it refuses: `{"error": {type, code, message, param, ...}}` with a status.
 * The `stripe` package takes a body without `error` for a success whatever the status, so nothing
 * else may ever be sent with a status that isn't 2xx.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** True when the endpoint had begun its work: Stripe then saves the answer under the idempotency key. */
  readonly executed: boolean;

  constructor(status: number, body: ErrorBody, executed = false) {
    super(body.message);
    this.status = status;
    this.executed = executed;
    this.body = { ...body, ...(body.code === undefined ? {} : { doc_url: docUrl(body.code) }) };
  }
}

interface ErrorBody {
  readonly type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly charge?: string;
  readonly payment_intent?: unknown;
  readonly payment_method?: unknown;
}

/** A request that Stripe finds wrong before it does anything; not kept under an idempotency key. */
export function invalidRequest(message: string, detail: { code?: string; param?: string } = {}): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, ...detail });
}

/** A well-formed request that the state of things forbids; kept under the idempotency key. */
export function refusedByState(message: string, detail: { code?: string; param?: string } = {}): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, ...detail }, true);
}

export function missingParam(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

/** For example `No such checkout.session: 'cs_test_1'`. 404 when the path named it, 400 when a parameter did. */
export function noSuch(noun: string, id: string, param = 'id'): ApiError {
  const status = param === 'id' ? 404 : 400;
  return new ApiError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param,
  });
}

/** Says honestly that Stripe could do it and this stand-in can't. */
export function notInStandIn(what: string, param: string): ApiError {
  return invalidRequest(
    `The Stripe stand-in does not do ${what}; real Stripe might. Leave it out, or use real test keys.`,
    { param },
  );
}

function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}
