import type { RequestHandler } from 'express';
import { PROBLEMS, Problem } from '../problem.ts';

/** Whoever watches over the server must get through when nobody else does. */
const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

export type RequestsAtOnce = {
  /** @throws Problem `server_busy` when as many are being answered as may be. */
  enter(path: string): void;
  /** Once for each that has entered. */
  leave(): void;
};

/**
 * Refuses requests beyond so many at the same time, at once: each takes memory until it is answered, and waiting behind
 * ten thousand others helps nobody.
 */
export function openRequestsAtOnce(max: number): RequestsAtOnce {
  let present = 0;
  return {
    enter(path) {
      if (present >= max && !PROBE_PATHS.has(path)) {
        throw new Problem(
          PROBLEMS.server_busy,
          'Try again in a moment; with an Idempotency-Key nothing is done twice.',
        );
      }
      present += 1;
    },
    leave() {
      present -= 1;
    },
  };
}

/** For all that is not of the API, which does the same for itself. */
export function requestsAtOnce(present: RequestsAtOnce): RequestHandler {
  return (req, res, next) => {
    present.enter(req.path);
    res.once('close', () => present.leave());
    next();
  };
}
