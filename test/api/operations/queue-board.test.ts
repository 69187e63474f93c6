import { expect, test } from 'vitest';
import { client } from '../../support/client.ts';
import { organiser } from '../../support/events.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });

async function boardCookie(): Promise<string> {
  const answer = await organiser(holdfast.current, 'admin').request('POST', '/api/admin/queue/board-session');
  expect(answer.status).toBe(204);
  return answer.headers.get('set-cookie') ?? '';
}

async function board(path: string, cookie?: string) {
  return await client(holdfast.current).request(
    'GET',
    `/admin/queues${path}`,
    undefined,
    cookie === undefined ? {} : { cookie },
  );
}

test('board-session / an administrator / a cookie for the board alone, that no script and no other site can use', async () => {
  const cookie = await boardCookie();
  expect(cookie).toMatch(/^holdfast_board=[\w.-]+;/);
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/admin/queues', 'Max-Age=900']) {
    expect(cookie).toContain(attribute);
  }
});

test('the board / with the cookie / its page, its data and its files; without, a page to sign in', async () => {
  const [cookie] = (await boardCookie()).split(';');
  const page = await board('/', cookie);
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('__UI_CONFIG__') });
  expect(page.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
  expect(page.headers.get('content-security-policy')).not.toContain("script-src 'self' 'unsafe");
  expect(page.headers.get('x-powered-by')).toBeNull();
  const data = await board('/api/queues?activeQueue=payments', cookie);
  expect(data.body.queues.map(({ name }: { name: string }) => name)).toEqual([
    'seat-selection',
    'payments',
    'cleanup',
  ]);
  for (const path of ['/', '/api/queues', '/queue/payments']) {
    const refused = await board(path);
    expect(refused).toMatchObject({ status: 401, body: expect.stringContaining('id="sign-in"') });
    expect(refused.headers.get('content-security-policy')).not.toContain('unsafe');
  }
  expect((await board('/pages/board-sign-in.js')).status).toBe(200);
});

test('the board / with an access token as its cookie, or a forged one / 401', async () => {
  const { token } = organiser(holdfast.current, 'admin');
  for (const forged of [token, 'x.y.z', '']) {
    expect((await board('/', `holdfast_board=${forged}`)).status).toBe(401);
  }
});

test("the API / with the board's token as an access token / 401", async () => {
  const [cookie = ''] = (await boardCookie()).split(';');
  const token = cookie.slice('holdfast_board='.length);
  const answer = await client(holdfast.current, { token, userId: 'x' }).request(
    'GET',
    '/api/admin/queue/stats',
  );
  expect(answer.status).toBe(401);
});
