import { listOf, number, orNull, record, shape, text } from './read.ts';

/** A refusal by the server, told by its problem document (RFC 9457). */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Which seats the refusal is about; empty when it is about none. */
  readonly seatIds: readonly number[];
  readonly paymentId: string | null;
  readonly retryAfterSeconds: number | null;
  /** What is wrong with each field of what was sent. */
  readonly faults: readonly Fault[];

  constructor(status: number, members: ProblemMembers, retryAfterSeconds: number | null) {
    super(`${status} ${members.code ?? ''}`);
    this.status = status;
    this.code = members.code ?? `http_${status}`;
    this.detail = members.detail ?? members.title ?? '';
    this.seatIds = members.seatIds ?? [];
    this.paymentId = members.paymentId;
    this.retryAfterSeconds = retryAfterSeconds;
    this.faults = members.errors ?? [];
  }
}

/** The request did not reach the server, or its answer did not reach us. */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

const readFault = shape({ path: text, message: text });
const readMembers = shape({
  code: orNull(text),
  title: orNull(text),
  detail: orNull(text),
  seatIds: orNull(listOf(number)),
  paymentId: orNull(text),
  errors: orNull(listOf(readFault)),
});
export type Fault = ReturnType<typeof readFault>;
type ProblemMembers = ReturnType<typeof readMembers>;

const NO_MEMBERS: ProblemMembers = {
  code: null,
  title: null,
  detail: null,
  seatIds: null,
  paymentId: null,
  errors: null,
};

/** A refusal that the page knows without asking, told like one of the server's. */
export function ownRefusal(code: string, detail: string | null = null): ApiProblem {
  return new ApiProblem(409, { ...NO_MEMBERS, code, detail }, null);
}

/** Reads whatever came with an error status; a proxy's page of HTML becomes a problem without a code of its own. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
  try {
    return new ApiProblem(
      response.status,
      readMembers(record(await response.json(), 'problem'), 'problem'),
      seconds,
    );
  } catch {
    return new ApiProblem(response.status, NO_MEMBERS, seconds);
  }
}
