import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/platform/config.ts';
import { startServer } from '../../src/server.ts';
import { type Client, client, guest } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { type Got, ask, faultOfRefusal } from './ask.ts';

const WINDOW_MS = 60_000;
const FEW_MS = 8_000;
const holdfast = useHoldfast({ seatWorker: false });

/** Another server of the same service, with other limits. */
async function serverWith(env: Readonly<Record<string, string>>): Promise<string> {
  const server = await startServer(loadConfig({ ...holdfast.current.env, PORT: '0', ...env }));
  onTestFinished(() => server.stop());
  return `http://127.0.0.1:${server.port}`;
}

/** The limits count by the minute: a test that has a few seconds left of it counts in one. */
async function startOfWindow(): Promise<void> {
  await eventually(() => expect(Date.now() % WINDOW_MS).toBeLessThan(WINDOW_MS - FEW_MS), 2 * FEW_MS);
}

/** The statuses of so many sign-ins, each of another forged address. */
async function signInsFrom(url: string, addresses: readonly string[]): Promise<number[]> {
  await startOfWindow();
  const answers: Got[] = [];
  for (const address of addresses)
    answers.push(
      await ask(url, {
        method: 'POST',
        path: '/api/auth/login',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': address,
          forwarded: `for=${address}`,
          'x-real-ip': address,
        },
        body: '{"email":"nobody"}',
      }),
    );
  expect(answers.map(faultOfRefusal).filter((fault) => fault !== '')).toEqual([]);
  const refused = answers.filter(({ status }) => status === 429);
  for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  return answers.map(({ status }) => status);
}

const ADDRESSES = Array.from({ length: 8 }, (_, index) => `10.0.0.${index}`);
const THREE_OF_EIGHT = [400, 400, 400, 429, 429, 429, 429, 429];

test('X-Forwarded-For / no proxy is trusted / the limit counts the connection, whatever the headers say', async () => {
  const url = await serverWith({ RATE_LIMIT_SIGN_IN_PER_MINUTE: '3' });
  expect(await signInsFrom(url, ADDRESSES)).toEqual(THREE_OF_EIGHT);
});

test('X-Forwarded-For / one proxy is trusted / what stands before its own entry counts for nothing', async () => {
  const url = await serverWith({ RATE_LIMIT_SIGN_IN_PER_MINUTE: '3', TRUST_PROXY: '1' });
  const forged = ADDRESSES.map((address) => `${address}, 198.51.100.7`);
  expect(await signInsFrom(url, forged)).toEqual(THREE_OF_EIGHT);
  expect(await signInsFrom(url, ['198.51.100.7, 198.51.100.8'])).toEqual([400]);
});

test('rate limits / of an address and of a user / answer 429 with Retry-After and what is left', async () => {
  const url = await serverWith({
    RATE_LIMIT_ADDRESS_PER_MINUTE: '6',
    RATE_LIMIT_USER_PER_MINUTE: '2',
    TRUST_PROXY: '1',
  });
  const here = { 'x-forwarded-for': '203.0.113.9' };
  const someone = await guest(holdfast.current);
  const buyer = client({ url }, { token: someone.token ?? '', userId: '' });
  const get = (as: Client, path: string) => as.request('GET', path, undefined, here);
  await startOfWindow();
  const mine = [];
  for (let sent = 0; sent < 4; sent += 1) mine.push(await get(buyer, '/api/bookings'));
  expect(mine.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  expect(mine[2]?.body).toMatchObject({ code: 'rate_limited', status: 429 });
  expect(mine[0]?.headers.get('ratelimit')).toMatch(/^"user";r=1;t=\d+$/);
  expect(mine[2]?.headers.get('ratelimit')).toMatch(/^"user";r=0;t=\d+$/);
  const others = [];
  for (let sent = 0; sent < 4; sent += 1) others.push(await get(client({ url }), '/api/events'));
  expect(others.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  expect(others[3]?.headers.get('ratelimit-policy')).toBe('"address";q=6;w=60');
});

test('rate limits / one server has counted a user up to the limit / another hears of it and refuses, and Redis forgets it in time', async () => {
  const few = { RATE_LIMIT_USER_PER_MINUTE: '250' };
  const [first, second] = [await serverWith(few), await serverWith(few)];
  const { token } = await guest(holdfast.current);
  const get = (url: string) =>
    client({ url }, { token: token ?? '', userId: '' }).request('GET', '/api/bookings');
  await startOfWindow();
  for (let sent = 0; sent < 250; sent += 1) expect((await get(first)).status).toBe(200);
  // It learns the sum when it shares its own count, a small one.
  await eventually(async () => expect((await get(second)).status).toBe(429), FEW_MS);
  const { redis } = holdfast.current.server.resources;
  const keys = await redis.keys('rate-limit:user:*');
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
});
