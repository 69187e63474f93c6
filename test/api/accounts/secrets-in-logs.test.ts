import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Client, client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { PASSWORD, newEmail } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });

test('logs / of everything that accounts do, faults included / hold no password, token, cookie or address', async () => {
  const env = { ...process.env, ...holdfast.current.env, PORT: '0', LOG_LEVEL: 'debug' };
  const server = spawn(process.execPath, ['src/server.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  server.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const port = await eventually(() => {
    const found = /"port":(\d+)/.exec(log)?.[1];
    if (found === undefined) throw new Error('The server is not listening yet.');
    return found;
  });
  const url = `http://127.0.0.1:${port}`;
  const secrets = await actOutAll({ url });
  const { db } = holdfast.current.server.resources;
  await sql`RENAME TABLE users TO users_away`.execute(db);
  const broken = await client({ url }).request('POST', '/api/auth/login', {
    email: secrets[0],
    password: PASSWORD,
  });
  expect(broken.status).toBe(500);
  expect(broken.body.detail).not.toMatch(/table|users/i);
  server.kill('SIGTERM');
  await once(server, 'exit');
  expect(log).toContain('account.sign-in-failed');
  expect(log).toContain('ER_NO_SUCH_TABLE');
  for (const secret of secrets) expect(log.includes(secret), `the log holds ${secret}`).toBe(false);
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
