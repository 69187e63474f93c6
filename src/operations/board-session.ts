import { createHmac } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import jwt from 'jsonwebtoken';
import type { Config } from '../platform/config.ts';
import type { Identity } from '../platform/http/route.ts';

export const BOARD_PATH = '/admin/queues';
export const BOARD_SESSION_SECONDS = 15 * 60;
const COOKIE_NAME = 'holdfast_board';
const AUDIENCE = 'holdfast-queue-board';
const ALGORITHM = 'HS256';

/**
 * A cookie that opens the queue board for a while. A browser's access token lives in a page's memory, which the board's
 * own pages can not reach. The cookie is sent to the board alone, and never along from another site; it opens nothing else.
 */
export function boardCookie(config: Config, identity: Identity): string {
  const token = jwt.sign({ sub: identity.userId }, keyOf(config.jwtSecrets[0]), {
    algorithm: ALGORITHM,
    audience: AUDIENCE,
    expiresIn: BOARD_SESSION_SECONDS,
  });
  return stringifySetCookie({
    name: COOKIE_NAME,
    value: token,
    path: BOARD_PATH,
    httpOnly: true,
    sameSite: 'strict',
    secure: new URL(config.http.baseUrl).protocol === 'https:',
    maxAge: BOARD_SESSION_SECONDS,
  });
}

/** Whether the request's cookie is one of ours and its time is not over. */
export function hasBoardSession(config: Config, cookieHeader: string | undefined): boolean {
  const token = parseCookie(cookieHeader ?? '')[COOKIE_NAME];
  if (token === undefined || token === '') return false;
  return config.jwtSecrets.some((secret) => isSignedWith(token, secret));
}

function isSignedWith(token: string, secret: string): boolean {
  try {
    jwt.verify(token, keyOf(secret), { algorithms: [ALGORITHM], audience: AUDIENCE });
    return true;
  } catch (error) {
    if (error instanceof jwt.JsonWebTokenError) return false;
    throw error;
  }
}

/** A key of its own, so that no token of the API opens the board, nor the other way round, whatever is in it. */
function keyOf(secret: string): Buffer {
  return createHmac('sha256', secret).update(AUDIENCE).digest();
}
