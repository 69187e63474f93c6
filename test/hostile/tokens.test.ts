import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { signAccessToken } from '../../src/accounts/access-token.ts';
import { newId } from '../../src/platform/id.ts';
import { newGuest, refresh } from '../api/accounts/people.ts';
import { client } from '../support/client.ts';
import { useHoldfast } from '../support/harness.ts';
import { ask, faultOfRefusal } from './ask.ts';
import { type ApiOperation, pathOf, readApi } from './operations.ts';

const holdfast = useHoldfast({ seatWorker: false });
const TESTS_WITHIN_MS = 90_000;

const encode = (text: string) => Buffer.from(text).toString('base64url');
const HEADER = encode('{"alg":"HS256","typ":"JWT"}');

/** Signed with the right secret: the payload alone is at fault. */
function signed(payload: string, header = HEADER): string {
  const body = `${header}.${encode(payload)}`;
  const secret = holdfast.current.env['JWT_SECRET'] ?? '';
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

function claims(changed: Readonly<Record<string, unknown>> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const good = { sub: newId(), role: 'admin', guest: false, sid: newId(), iat: now, exp: now + 600 };
  return JSON.stringify({ ...good, iss: 'holdfast', aud: 'holdfast-api', ...changed });
}

/** Every way in which a token can be bad, each for the role that may do the most. */
async function badTokens(): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000);
  const guest = await newGuest(holdfast.current);
  await client(holdfast.current).request('POST', '/api/auth/logout', { refreshToken: guest.refreshToken });
  const [head = '', , signature = ''] = signed(claims({ role: 'buyer' })).split('.');
  return {
    'no algorithm': `${encode('{"alg":"none","typ":"JWT"}')}.${encode(claims())}.`,
    'another key': jwt.sign(JSON.parse(claims()), 'another-secret-that-is-long-enough-0123456789'),
    'another algorithm': jwt.sign(JSON.parse(claims()), holdfast.current.env['JWT_SECRET'] ?? '', {
      algorithm: 'HS384',
    }),
    'its time over': signed(claims({ exp: now - 1 })),
    'no end': signed(claims({ exp: undefined })),
    'a time to come': signed(claims({ nbf: now + 600 })),
    'a revoked session': guest.accessToken,
    'its role edited': `${head}.${encode(claims())}.${signature}`,
    'another audience': signed(claims({ aud: 'another-api' })),
    'a role that there is not': signed(claims({ role: 'root' })),
    'a subject that is no id': signed(claims({ sub: "' OR 1=1 --" })),
    'a payload that is no JSON': signed('not json'),
    'a payload that is no JSON, and no signature': `${HEADER}.${encode('not json')}.AAAA`,
    'a header that is no JSON': `${encode('not json')}.${encode(claims())}.AAAA`,
    'a payload that is null': signed('null'),
    'the prototype as its role': signed('{"__proto__":{"role":"admin"}}'),
    'a refresh token': guest.refreshToken,
  };
}

function call(operation: ApiOperation, authorization: string) {
  const params = Object.fromEntries(
    operation.pathParams.map((name) => [name, name === 'seatId' ? '1' : newId()]),
  );
  return ask(holdfast.current.url, {
    method: operation.method,
    path: pathOf(operation, params),
    headers: { authorization },
  });
}

test(
  'a bad token of any kind / every operation that looks at tokens / 401, as a problem, with a challenge',
  async () => {
    const { operations } = await readApi(holdfast.current);
    const looking = operations.filter(
      ({ statuses, operationId }) => statuses.has(401) && !OWN_401.has(operationId),
    );
    expect(looking.length).toBeGreaterThan(30);
    const tokens = Object.entries(await badTokens());
    const wrong: string[] = [];
    for (const operation of looking) {
      const answers = await Promise.all(tokens.map(([, token]) => call(operation, `Bearer ${token}`)));
      for (const [index, got] of answers.entries()) {
        const fault = got.status === 401 ? faultOfRefusal(got) : got.text;
        const isChallenged = /^Bearer\b/.test(String(got.headers['www-authenticate']));
        if (got.status !== 401 || fault !== '' || !isChallenged)
          wrong.push(`${operation.operationId}, ${tokens[index]?.[0]}: ${got.status} ${fault}`);
      }
    }
    expect(wrong).toEqual([]);
  },
  TESTS_WITHIN_MS,
);
/** They answer 401 for a password, a refresh token, or the token for metrics: no access token is looked at. */
const OWN_401 = new Set(['login', 'refresh', 'readMetrics']);

test('a good token / anywhere but in the header / counts for nothing', async () => {
  const identity = { userId: newId(), role: 'admin' as const, isGuest: false, sessionId: newId() };
  const token = signAccessToken(holdfast.current.server.resources, identity);
  const path = '/api/admin/queue/stats';
  const get = (sent: { path?: string; headers?: Record<string, string> }) =>
    ask(holdfast.current.url, { method: 'GET', path, ...sent }).then(({ status }) => status);
  expect(await get({ headers: { authorization: `Bearer ${token}` } })).toBe(200);
  expect(await get({ path: `${path}?access_token=${token}` })).toBe(401);
  expect(await get({ headers: { cookie: `access_token=${token}; holdfast_refresh=${token}` } })).toBe(401);
  expect(await get({ headers: { 'x-access-token': token } })).toBe(401);
  expect(await get({ headers: { authorization: `Basic ${token}` } })).toBe(401);
  expect(await get({ headers: { authorization: `Bearer ${token}, Bearer ${token}` } })).toBe(401);
});

test('a refresh token / used twice, far apart / ends the session for all of the API', async () => {
  const guest = await newGuest(holdfast.current);
  const next = await refresh(holdfast.current, guest.refreshToken);
  expect(next.status).toBe(200);
  const { db } = holdfast.current.server.resources;
  await db
    .updateTable('refresh_tokens')
    .set({ used_at: new Date(Date.now() - 60_000) })
    .where('used_at', 'is not', null)
    .execute();
  expect((await refresh(holdfast.current, guest.refreshToken)).body.code).toBe('refresh_token_reused');
  for (const path of ['/api/me', '/api/bookings', `/api/holds/${newId()}`]) {
    const authorization = `Bearer ${next.body.accessToken}`;
    expect(
      (await ask(holdfast.current.url, { method: 'GET', path, headers: { authorization } })).status,
    ).toBe(401);
  }
});
