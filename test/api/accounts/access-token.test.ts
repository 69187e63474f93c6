import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';
import { startServer } from '../../../src/server.ts';
import { client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { type Person, newGuest, statusOfMe } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });

type Change = {
  readonly claims?: Record<string, unknown>;
  readonly options?: jwt.SignOptions;
  readonly key?: string;
};

/** The person's token, with some of it changed, and signed again. */
function forged({ accessToken }: Person, { claims = {}, options = {}, key = secret() }: Change): string {
  const good = jwt.decode(accessToken, { json: true });
  const present = Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined);
  return jwt.sign(Object.fromEntries(present), key, { algorithm: 'HS256', ...options });
}

function secret(): string {
  return holdfast.current.env['JWT_SECRET']!;
}

test('access token / signed again as it was / is accepted, so the forgeries below fail for what they change', async () => {
  const guest = await newGuest(holdfast.current);
  expect(await statusOfMe(holdfast.current, forged(guest, {}))).toBe(200);
});

test('access token / no signature (alg none) / refused', async () => {
  const guest = await newGuest(holdfast.current);
  const [, payload] = guest.accessToken.split('.');
  for (const alg of ['none', 'None', 'NONE']) {
    const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
    expect(await statusOfMe(holdfast.current, `${header}.${payload}.`)).toBe(401);
  }
});

test('access token / signed with RS256, ES256, HS512 / refused', async () => {
  const guest = await newGuest(holdfast.current);
  const rsa = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  expect(
    await statusOfMe(
      holdfast.current,
      forged(guest, { options: { algorithm: 'RS256' }, key: rsa.privateKey }),
    ),
  ).toBe(401);
  const ec = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  expect(
    await statusOfMe(
      holdfast.current,
      forged(guest, { options: { algorithm: 'ES256' }, key: ec.privateKey }),
    ),
  ).toBe(401);
  expect(await statusOfMe(holdfast.current, forged(guest, { options: { algorithm: 'HS512' } }))).toBe(401);
});

test('access token / the role edited under the old signature / refused', async () => {
  const guest = await newGuest(holdfast.current);
  const [header, payload, signature] = guest.accessToken.split('.');
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
  const edited = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
  const token = `${header}.${edited}.${signature}`;
  expect(await statusOfMe(holdfast.current, token)).toBe(401);
  const admin = await client(holdfast.current, { token, userId: '' }).request('GET', '/api/admin/users');
  expect(admin.status).toBe(401);
});

test.each([
  ['another secret', { key: 'another-secret-that-is-long-enough-0123456789' }],
  ['another issuer', { claims: { iss: 'someone-else' } }],
  ['another audience', { claims: { aud: 'another-api' } }],
  ['no audience', { claims: { aud: undefined } }],
  ['an expiry in the past', { claims: { exp: Math.floor(Date.now() / 1000) - 1 } }],
  ['no expiry', { claims: { exp: undefined } }],
  ['a role that there is not', { claims: { role: 'root' } }],
  ['no session', { claims: { sid: undefined } }],
  ['a user that is no id', { claims: { sub: "1' OR '1'='1" } }],
] satisfies [string, Change][])('access token / with %s / refused', async (_case, change) => {
  const guest = await newGuest(holdfast.current);
  const answer = await client(holdfast.current, { token: forged(guest, change), userId: '' }).request(
    'GET',
    '/api/me',
  );
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe('unauthenticated');
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
});

test('access token / that was accepted and is in the cache / is refused when its time is over', async () => {
  const guest = await newGuest(holdfast.current);
  const token = forged(guest, { claims: { exp: Math.floor(Date.now() / 1000) + 3 } });
  expect(await statusOfMe(holdfast.current, token)).toBe(200);
  await eventually(async () => expect(await statusOfMe(holdfast.current, token)).toBe(401));
});

test.each([
  'Bearer',
  'Bearer ',
  'Bearer x',
  'Bearer a.b.c',
  `Bearer ${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url('no JSON')}.AAAA`,
  `Bearer ${'x'.repeat(5_000)}`,
  'Basic dXNlcjpwYXNz',
  'token',
])('authorization / %s / 401 where a sign-in is needed', async (authorization) => {
  const answer = await client(holdfast.current).request('GET', '/api/me', undefined, { authorization });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
});

test('access token / far too long / refused without a look at it', async () => {
  expect(await statusOfMe(holdfast.current, 'x'.repeat(5_000))).toBe(401);
});

test('access token / signed with the previous secret / accepted while the secret is being changed', async () => {
  const guest = await newGuest(holdfast.current);
  const next = 'the-next-secret-for-tests-only-0123456789abcdef';
  const env = { ...holdfast.current.env, PORT: '0', JWT_SECRET: next, JWT_SECRET_PREVIOUS: secret() };
  const server = await startServer(loadConfig(env));
  try {
    const at = { url: `http://127.0.0.1:${server.port}` };
    expect(await statusOfMe(at, guest.accessToken)).toBe(200);
    const { body } = await client(at).request('POST', '/api/auth/guest', {});
    expect(jwt.verify(body.accessToken, next, { algorithms: ['HS256'] })).toMatchObject({
      sub: body.user.id,
    });
    expect(await statusOfMe(holdfast.current, body.accessToken)).toBe(401);
  } finally {
    await server.stop();
  }
});

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
