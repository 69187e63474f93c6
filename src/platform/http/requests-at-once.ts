import type { RequestHandler } from 'express';
import { openComeAgain } from '../come-again.ts';
import { PROBLEMS, Problem } from '../problem.ts';

/** Whoever watches over the server must get through when nobody else does. */
const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Who was let in for a page is let in for what it is made of, since browsers do not ask again for that. */
const PARTS_OF_PAGES = '/assets/';
const ROOM_FOR_PARTS = 2;

/** The longest that one is kept waiting on a busy day: so many a second this server is sure to answer. */
const ANSWERED_WITHIN_SECONDS = 2;
/** The rest is for those who were let in, and ask for the next thing. */
const SHARE_OF_REFUSED = 0.5;

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
  const comeAgain = openComeAgain((max / ANSWERED_WITHIN_SECONDS) * SHARE_OF_REFUSED);
  let present = 0;
  return {
    enter(path) {
      const room = path.startsWith(PARTS_OF_PAGES) ? max * ROOM_FOR_PARTS : max;
      if (present >= room && !PROBE_PATHS.has(path)) {
        throw new Problem(
          PROBLEMS.server_busy,
          'Try again in a moment; with an Idempotency-Key nothing is done twice.',
          { headers: { 'retry-after': String(comeAgain(performance.now())) } },
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
