import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Config } from '../platform/config.ts';
import { Problem } from '../platform/problem.ts';
import { ACCOUNT_PROBLEMS } from './problems.ts';
import { isFromOwnPages } from './request-origin.ts';
import { REFRESH_TOKEN_TTL_MS } from './session.ts';

const COOKIE_NAME = 'holdfast_refresh';
const COOKIE_PATH = '/api/auth';

/** The refresh token that the browser sent by itself. */
export function cookieToken(headers: IncomingHttpHeaders): string | undefined {
  const token = parseCookie(headers.cookie ?? '')[COOKIE_NAME];
  return token === '' ? undefined : token;
}

/** The `Set-Cookie` that keeps a token where no script can read it; `null` removes it. */
export function setCookie(config: Config, token: string | null): string {
  return stringifySetCookie({
    name: COOKIE_NAME,
    value: token ?? '',
    path: COOKIE_PATH,
    httpOnly: true,
    sameSite: 'strict',
    secure: new URL(config.http.baseUrl).protocol === 'https:',
    maxAge: token === null ? 0 : REFRESH_TOKEN_TTL_MS / 1000,
  });
}

/** @throws Problem `origin_refused` when another site's page sent the request. */
export function requireOwnPages(config: Config, headers: IncomingHttpHeaders): void {
  const trusted = [new URL(config.http.baseUrl).origin, ...config.http.corsOrigins];
  if (isFromOwnPages(headers, trusted)) return;
  throw new Problem(
    ACCOUNT_PROBLEMS.origin_refused,
    'Only our own pages and those listed in CORS_ORIGINS may use the cookie; other clients send the token in the body.',
  );
}
