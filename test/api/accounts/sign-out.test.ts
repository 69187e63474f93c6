import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';
import { toBytes } from '../../../src/platform/id.ts';
import { NOW } from '../../../src/platform/mysql.ts';
import { type RunningServer, startServer } from '../../../src/server.ts';
import { client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { type Person, newGuest, refresh, statusOfMe } from './people.ts';

const WITHIN_A_SECOND_MS = 1_000;
const WITHIN_A_REREADING_MS = 12_000;
const holdfast = useHoldfast({ seatWorker: false });
let second: RunningServer;
let secondUrl: { url: string };

beforeAll(async () => {
  second = await startServer(loadConfig({ ...holdfast.current.env, PORT: '0' }));
  secondUrl = { url: `http://127.0.0.1:${second.port}` };
});
afterAll(async () => await second.stop());

/** Ends the person's sessions behind the servers' backs, as if the message about it had been lost. */
async function revokeSilently({ userId }: Person): Promise<void> {
  await holdfast.current.server.resources.db
    .updateTable('sessions')
    .set({ revoked_at: NOW, revoked_reason: 'signed_out' })
    .where('user_id', '=', toBytes(userId))
    .execute();
}

test('logout / with the refresh token / 204, and both tokens are refused at once', async () => {
  const guest = await newGuest(holdfast.current);
  const answer = await client(holdfast.current).request('POST', '/api/auth/logout', {
    refreshToken: guest.refreshToken,
  });
  expect(answer.status).toBe(204);
  expect(await statusOfMe(holdfast.current, guest.accessToken)).toBe(401);
  expect((await refresh(holdfast.current, guest.refreshToken)).status).toBe(401);
});

test('logout / with the access token alone / ends its session', async () => {
  const guest = await newGuest(holdfast.current);
  expect((await guest.client.request('POST', '/api/auth/logout')).status).toBe(204);
  expect(await statusOfMe(holdfast.current, guest.accessToken)).toBe(401);
  expect((await refresh(holdfast.current, guest.refreshToken)).status).toBe(401);
});

test('logout / with a refresh token that was used up / still ends the session', async () => {
  const guest = await newGuest(holdfast.current);
  const next = await refresh(holdfast.current, guest.refreshToken);
  await client(holdfast.current).request('POST', '/api/auth/logout', { refreshToken: guest.refreshToken });
  expect((await refresh(holdfast.current, next.body.refreshToken)).status).toBe(401);
});

test.each([{}, { refreshToken: 'unknown' }])(
  'logout / with %j / 204, there is nothing to end',
  async (body) => {
    expect((await client(holdfast.current).request('POST', '/api/auth/logout', body)).status).toBe(204);
  },
);

test('logout / on one server / another server that knows the token refuses it within a second', async () => {
  const guest = await newGuest(holdfast.current);
  expect(await statusOfMe(secondUrl, guest.accessToken)).toBe(200);
  await guest.client.request('POST', '/api/auth/logout');
  await eventually(
    async () => expect(await statusOfMe(secondUrl, guest.accessToken)).toBe(401),
    WITHIN_A_SECOND_MS,
  );
});

test('logout / the message about it is lost / MySQL tells the servers within ten seconds', async () => {
  const guest = await newGuest(holdfast.current);
  expect(await statusOfMe(secondUrl, guest.accessToken)).toBe(200);
  await revokeSilently(guest);
  await eventually(
    async () => expect(await statusOfMe(secondUrl, guest.accessToken)).toBe(401),
    WITHIN_A_REREADING_MS,
  );
});

test('logout / while the subscription was cut / found in MySQL on the reconnection', async () => {
  const guest = await newGuest(holdfast.current);
  expect(await statusOfMe(secondUrl, guest.accessToken)).toBe(200);
  await revokeSilently(guest);
  await second.resources.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await eventually(
    async () => expect(await statusOfMe(secondUrl, guest.accessToken)).toBe(401),
    3 * WITHIN_A_SECOND_MS,
  );
});

test('logout / before a server was started / the new server refuses the token from its first request', async () => {
  const guest = await newGuest(holdfast.current);
  await guest.client.request('POST', '/api/auth/logout');
  const third = await startServer(loadConfig({ ...holdfast.current.env, PORT: '0' }));
  try {
    expect(await statusOfMe({ url: `http://127.0.0.1:${third.port}` }, guest.accessToken)).toBe(401);
  } finally {
    await third.stop();
  }
});
