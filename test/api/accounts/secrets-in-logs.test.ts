import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Client, client } from '../../support/client.ts';
import { useHoldfast } from '../../support/harness.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { PASSWORD, newEmail } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });

test('logs / of everything that accounts do, faults included / hold no password, token, cookie or address', async () => {
  const server = await startServerProcess(holdfast.current, { LOG_LEVEL: 'debug' });
  const secrets = await actOutAll(server);
  const { db } = holdfast.current.server.resources;
  await sql`RENAME TABLE users TO users_away`.execute(db);
  const broken = await client(server).request('POST', '/api/auth/login', {
    email: secrets[0],
    password: PASSWORD,
  });
  expect(broken.status).toBe(500);
  expect(broken.body.detail).not.toMatch(/table|users/i);
  const log = await server.stop();
  expect(log).toContain('account.sign-in-failed');
  expect(log).toContain('ER_NO_SUCH_TABLE');
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
});

/** Uses each route, well and badly; gives all that must stay secret. */
async function actOutAll(server: { url: string }): Promise<string[]> {
  const request: Client['request'] = (...sent) => client(server).request(...sent);
  const email = newEmail();
  const wrong = 'this is wrong as well';
  const made = await request('POST', '/api/auth/register', { email, password: PASSWORD });
  await request('POST', '/api/auth/login', { email, password: wrong });
  await request('POST', '/api/auth/login', `{"email":"${email}","password":"${wrong}`);
  await request('POST', '/api/auth/register', { email, password: 'tooshort1' });
  const kept = await request('POST', '/api/auth/login', { email, password: PASSWORD, cookie: true });
  const cookie = kept.headers.get('set-cookie')!.split(';', 1)[0]!;
  const renewed = await request('POST', '/api/auth/refresh', {}, { cookie });
  await request('POST', '/api/auth/refresh', { refreshToken: 'unknown-token-of-someone' });
  const me = { authorization: `Bearer ${made.body.accessToken}` };
  await request('GET', `/api/me?access_token=${made.body.accessToken}`, undefined, me);
  await request('GET', '/api/me', undefined, { authorization: `Bearer ${made.body.accessToken}x` });
  await request('POST', '/api/auth/logout', { refreshToken: made.body.refreshToken }, me);
  const tokens = [made, kept, renewed].flatMap(({ body }) => [body.accessToken, body.refreshToken]);
  return [
    email,
    PASSWORD,
    wrong,
    'tooshort1',
    cookie.split('=')[1]!,
    'unknown-token-of-someone',
    ...tokens,
  ].filter(Boolean);
}
