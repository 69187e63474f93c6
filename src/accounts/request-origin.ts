import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request that a cookie speaks for was sent by one of our own pages, and not by another site's (CSRF).
 * After Go's `http.CrossOriginProtection`: a listed origin is good; else the browser's own word in `Sec-Fetch-Site`
 * counts; else `Origin` must name the host that was asked. With neither header the sender is no browser (each sends
 * `Origin` with a POST to another site), and only browsers send cookies without being asked to.
 * `SameSite=Strict` on the cookie is the first fence, this the second.
 */
export function isFromOwnPages(headers: IncomingHttpHeaders, trustedOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && trustedOrigins.includes(origin)) return true;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
