import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';
import { startServer } from '../../../src/server.ts';
import { client } from '../../support/client.ts';
import { useHoldfast } from '../../support/harness.ts';
import { newGuest, statusOfMe } from './people.ts';

const SHOP = 'https://shop.example';
const holdfast = useHoldfast({ seatWorker: false, env: { CORS_ORIGINS: SHOP } });

async function guestInBrowser(): Promise<{ cookie: string; setCookie: string; accessToken: string }> {
  const { body, headers } = await post('guest', { cookie: true }, { origin: holdfast.current.url });
  const setCookie = headers.get('set-cookie') ?? '';
  return { cookie: setCookie.split(';', 1)[0]!, setCookie, accessToken: body.accessToken };
}

async function post(action: string, body: unknown, headers: Record<string, string>) {
  return await client(holdfast.current).request('POST', `/api/auth/${action}`, body, headers);
}

test('cookie / asked for / HttpOnly, SameSite=Strict, /api/auth only, 7 days; the answer holds no refresh token', async () => {
  const { body, headers } = await post('guest', { cookie: true }, { origin: holdfast.current.url });
  const parts = headers.get('set-cookie')!.split('; ');
  expect(parts[0]).toMatch(/^holdfast_refresh=[\w-]{43}$/);
  expect(parts.slice(1).toSorted()).toEqual([
    'HttpOnly',
    'Max-Age=604800',
    'Path=/api/auth',
    'SameSite=Strict',
  ]);
  expect(body).not.toHaveProperty('refreshToken');
  expect(body.accessToken).toMatch(/^eyJ/);
});

test('cookie / the service is reached by https / Secure', async () => {
  const server = await startServer(
    loadConfig({ ...holdfast.current.env, PORT: '0', BASE_URL: 'https://tickets.example' }),
  );
  try {
    const at = client({ url: `http://127.0.0.1:${server.port}` });
    const { headers } = await at.request('POST', '/api/auth/guest', { cookie: true });
    expect(headers.get('set-cookie')).toMatch(/; Secure/);
  } finally {
    await server.stop();
  }
});

test('cookie / refresh with it / renewed in the cookie and never in the answer', async () => {
  const { cookie } = await guestInBrowser();
  const { status, body, headers } = await post('refresh', {}, { cookie, origin: holdfast.current.url });
  expect(status).toBe(200);
  expect(body).not.toHaveProperty('refreshToken');
  const renewed = headers.get('set-cookie')!.split(';', 1)[0]!;
  expect(renewed).toMatch(/^holdfast_refresh=/);
  expect(renewed).not.toBe(cookie);
  expect(await statusOfMe(holdfast.current, body.accessToken)).toBe(200);
});

test('cookie / the answer was lost with a reload / the old one gets another, and the first successor to be used ends the others', async () => {
  const { cookie } = await guestInBrowser();
  const origin = holdfast.current.url;
  const renewed = async (old: string) => {
    const { status, headers, body } = await post('refresh', {}, { cookie: old, origin });
    return { status, code: body.code, cookie: headers.get('set-cookie')?.split(';', 1)[0] ?? '' };
  };
  const lost = await renewed(cookie);
  const second = await renewed(cookie);
  expect([lost.status, second.status]).toEqual([200, 200]);
  const third = await renewed(second.cookie);
  expect(third.status).toBe(200);
  await usedLongAgo(lost.cookie);
  expect(await renewed(lost.cookie)).toMatchObject({ status: 401, code: 'refresh_token_reused' });
  expect(await renewed(third.cookie)).toMatchObject({ status: 401, code: 'refresh_token_invalid' });
});

async function usedLongAgo(cookie: string): Promise<void> {
  const token = cookie.slice('holdfast_refresh='.length);
  await holdfast.current.server.resources.db
    .updateTable('refresh_tokens')
    .set({ used_at: sql<Date>`used_at - INTERVAL 61 SECOND` })
    .where('token_hash', '=', createHash('sha256').update(token).digest())
    .where('used_at', 'is not', null)
    .execute();
}

test('cookie / refresh from a page that is listed, or at the address that was asked / accepted', async () => {
  const { host } = new URL(holdfast.current.url);
  for (const origin of [SHOP, `http://${host}`]) {
    const { cookie } = await guestInBrowser();
    expect((await post('refresh', {}, { cookie, origin })).status).toBe(200);
  }
});

test.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
  'cookie / refresh and logout from %s / 403, and the token is not used up',
  async (origin) => {
    const { cookie, accessToken } = await guestInBrowser();
    for (const action of ['refresh', 'logout']) {
      const answer = await post(action, {}, { cookie, origin });
      expect(answer.status).toBe(403);
      expect(answer.body.code).toBe('origin_refused');
      expect(answer.headers.get('access-control-allow-origin')).not.toBe(origin);
    }
    expect(await statusOfMe(holdfast.current, accessToken)).toBe(200);
    expect((await post('refresh', {}, { cookie, origin: holdfast.current.url })).status).toBe(200);
  },
);

test('cookie / a sign-in that asks for one from another site / 403', async () => {
  const answer = await post('guest', { cookie: true }, { origin: 'https://evil.example' });
  expect(answer.status).toBe(403);
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('cookie / a form of another site, which can not send JSON / refused', async () => {
  const { cookie } = await guestInBrowser();
  const response = await fetch(new URL('/api/auth/refresh', holdfast.current.url), {
    method: 'POST',
    headers: { cookie, origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'cookie=true',
  });
  expect(response.status).toBe(415);
});

test('cookie / logout with it / the session ends and the cookie goes', async () => {
  const { cookie, accessToken } = await guestInBrowser();
  const answer = await post('logout', {}, { cookie, origin: holdfast.current.url });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('set-cookie')).toMatch(/^holdfast_refresh=; Max-Age=0; .*Path=\/api\/auth/);
  expect(await statusOfMe(holdfast.current, accessToken)).toBe(401);
  expect((await post('refresh', {}, { cookie, origin: holdfast.current.url })).status).toBe(401);
});

test('cookie / a token in the body beside it / the body counts', async () => {
  const { cookie } = await guestInBrowser();
  const other = await newGuest(holdfast.current);
  const { status, body } = await post('refresh', { refreshToken: other.refreshToken }, { cookie });
  expect(status).toBe(200);
  expect(body.user.id).toBe(other.userId);
  expect(body.refreshToken).toMatch(/^[\w-]{43}$/);
});
