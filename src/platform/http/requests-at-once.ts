import type { RequestHandler } from 'express';
import { PROBLEMS, Problem } from '../problem.ts';

/** Whoever watches over the server must get through when nobody else does. */
const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Refuses requests beyond so many at the same time, at once: each takes memory until it is answered, and waiting behind
 * ten thousand others helps nobody. @throws Problem `server_busy`.
 */
export function requestsAtOnce(max: number): RequestHandler {
  let present = 0;
  const leave = () => {
    present -= 1;
  };
  return (req, res, next) => {
    if (present >= max && !PROBE_PATHS.has(req.path)) {
      throw new Problem(
        PROBLEMS.server_busy,
        'Try again in a moment; with an Idempotency-Key nothing is done twice.',
      );
    }
    present += 1;
    res.once('close', leave);
    next();
  };
}
