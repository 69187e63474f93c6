import { expect, test } from 'vitest';
import { useHoldfast } from '../support/harness.ts';
import { ask } from './ask.ts';

const OWN_PAGES = 'https://tickets.example';
const EVIL = 'https://evil.example';
const holdfast = useHoldfast({ seatWorker: false, env: { CORS_ORIGINS: OWN_PAGES } });

test('CORS / pages that are not listed / are told nothing; those that are, all that they need', async () => {
  const preflight = (origin: string) =>
    ask(holdfast.current.url, {
      method: 'OPTIONS',
      path: '/api/bookings',
      headers: {
        origin,
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'authorization',
      },
    });
  for (const origin of [
    EVIL,
    'null',
    `${OWN_PAGES}.evil.example`,
    'http://tickets.example',
    `${OWN_PAGES}:8443`,
    '*',
  ]) {
    const simple = await ask(holdfast.current.url, {
      method: 'GET',
      path: '/api/events',
      headers: { origin },
    });
    for (const { headers } of [await preflight(origin), simple]) {
      expect({ origin, allowed: headers['access-control-allow-origin'] }).toEqual({
        origin,
        allowed: undefined,
      });
      expect(headers['vary']).toContain('Origin');
    }
    expect(Object.keys(simple.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
  const { headers } = await preflight(OWN_PAGES);
  expect(headers['access-control-allow-origin']).toBe(OWN_PAGES);
  expect(headers['access-control-allow-credentials']).toBe('true');
});

/** To the letter: whoever changes one of these does so knowingly. */
const HEADERS_OF_PAGES = {
  'content-security-policy':
    "default-src 'self';base-uri 'self';font-src 'self';form-action 'self';frame-ancestors 'none';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

const HEADERS_OF_DATA = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

test.each([
  ...['/', '/api/nothing', '/api-docs', '/problems', '/openapi.json'].map((path) => ({
    path,
    expected: HEADERS_OF_PAGES,
  })),
  ...['/api/events', '/api/me', '/healthz'].map((path) => ({ path, expected: HEADERS_OF_DATA })),
])(
  'headers / of $path / protect who shows it, to the letter, and tell nothing of what the server is made of',
  async ({ path, expected }) => {
    const { headers } = await ask(holdfast.current.url, { method: 'GET', path });
    expect(headers).toMatchObject(expected);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-powered-by']));
    expect(headers['server']).toBeUndefined();
  },
);
