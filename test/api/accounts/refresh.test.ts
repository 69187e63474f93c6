import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { toBytes } from '../../../src/platform/id.ts';
import { pruneSessions } from '../../../src/accounts/prune-sessions.ts';
import { client } from '../../support/client.ts';
import { useHoldfast } from '../../support/harness.ts';
import { newGuest, refresh, statusOfMe } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });

/** Makes the token as old as if everything with it had happened so much earlier. */
async function age(refreshToken: string, seconds: number): Promise<void> {
  const earlier = (column: string) => sql<Date>`${sql.ref(column)} - INTERVAL ${seconds} SECOND`;
  await holdfast.current.server.resources.db
    .updateTable('refresh_tokens')
    .set({ issued_at: earlier('issued_at'), expires_at: earlier('expires_at'), used_at: earlier('used_at') })
    .where('token_hash', '=', hashOf(refreshToken))
    .execute();
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

test('refresh / unused token / new tokens of the same user, and the database keeps only hashes', async () => {
  const guest = await newGuest(holdfast.current);
  const answer = await refresh(holdfast.current, guest.refreshToken);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ expiresIn: 900, user: { id: guest.userId, isGuest: true } });
  expect(answer.body.refreshToken).not.toBe(guest.refreshToken);
  expect(await statusOfMe(holdfast.current, answer.body.accessToken)).toBe(200);
  const rows = await holdfast.current.server.resources.db
    .selectFrom('refresh_tokens')
    .select('token_hash')
    .execute();
  const hashes = rows.map((row) => row.token_hash.toString('hex'));
  expect(hashes).toContain(hashOf(answer.body.refreshToken).toString('hex'));
  expect(hashes).not.toContain(Buffer.from(answer.body.refreshToken, 'base64url').toString('hex'));
});

test('refresh / an old token again, later / the whole session ends, access tokens too', async () => {
  const guest = await newGuest(holdfast.current);
  const second = await refresh(holdfast.current, guest.refreshToken);
  const third = await refresh(holdfast.current, second.body.refreshToken);
  await age(guest.refreshToken, 11);
  const reused = await refresh(holdfast.current, guest.refreshToken);
  expect(reused.status).toBe(401);
  expect(reused.body.code).toBe('refresh_token_reused');
  const newest = await refresh(holdfast.current, third.body.refreshToken);
  expect(newest.status).toBe(401);
  expect(newest.body.code).toBe('refresh_token_invalid');
  for (const token of [guest.accessToken, second.body.accessToken, third.body.accessToken]) {
    expect(await statusOfMe(holdfast.current, token)).toBe(401);
  }
});

test('refresh / an old token again, later / other sessions of the user go on', async () => {
  const first = await newGuest(holdfast.current);
  const other = await newGuest(holdfast.current);
  await refresh(holdfast.current, first.refreshToken);
  await age(first.refreshToken, 11);
  expect((await refresh(holdfast.current, first.refreshToken)).body.code).toBe('refresh_token_reused');
  expect((await refresh(holdfast.current, other.refreshToken)).status).toBe(200);
});

test('refresh / ten at once with one token / exactly one wins, the session goes on with its token', async () => {
  const guest = await newGuest(holdfast.current);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => refresh(holdfast.current, guest.refreshToken)),
  );
  const won = answers.filter((answer) => answer.status === 200);
  const lost = answers.filter((answer) => answer.status === 409);
  expect([won.length, lost.length]).toEqual([1, 9]);
  for (const answer of lost) {
    expect(answer.body.code).toBe('refresh_in_progress');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(answer.body)).not.toMatch(/accessToken|refreshToken/);
  }
  expect((await refresh(holdfast.current, won[0]!.body.refreshToken)).status).toBe(200);
});

test('refresh / the race is over after ten seconds / the old token ends the session', async () => {
  const guest = await newGuest(holdfast.current);
  const next = await refresh(holdfast.current, guest.refreshToken);
  await age(guest.refreshToken, 5);
  expect((await refresh(holdfast.current, guest.refreshToken)).body.code).toBe('refresh_in_progress');
  await age(guest.refreshToken, 6);
  expect((await refresh(holdfast.current, guest.refreshToken)).body.code).toBe('refresh_token_reused');
  expect((await refresh(holdfast.current, next.body.refreshToken)).status).toBe(401);
});

test('refresh / after seven days / refused', async () => {
  const guest = await newGuest(holdfast.current);
  await age(guest.refreshToken, 7 * 24 * 60 * 60);
  const answer = await refresh(holdfast.current, guest.refreshToken);
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe('refresh_token_invalid');
});

test.each([{}, { refreshToken: 'unknown' }, { refreshToken: 'x'.repeat(200) }])(
  'refresh / with %j / 401',
  async (body) => {
    const answer = await client(holdfast.current).request('POST', '/api/auth/refresh', body);
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('refresh_token_invalid');
  },
);

test.each([{ refreshToken: 5 }, { refreshToken: ['x'] }, { refreshToken: 'x'.repeat(201) }])(
  'refresh / with %j / 400',
  async (body) => {
    expect((await client(holdfast.current).request('POST', '/api/auth/refresh', body)).status).toBe(400);
  },
);

test('prune / expired tokens and sessions without any / are deleted, the others stay', async () => {
  const { resources } = holdfast.current.server;
  const old = await newGuest(holdfast.current);
  const fresh = await newGuest(holdfast.current);
  const rotated = await newGuest(holdfast.current);
  const next = await refresh(holdfast.current, rotated.refreshToken);
  await age(old.refreshToken, 8 * 24 * 60 * 60);
  await age(rotated.refreshToken, 8 * 24 * 60 * 60);
  expect(await pruneSessions(resources)).toBeGreaterThanOrEqual(2);
  const sessionsOf = async (userId: string) =>
    await resources.db
      .selectFrom('sessions')
      .select('session_id')
      .where('user_id', '=', toBytes(userId))
      .execute();
  expect(await sessionsOf(old.userId)).toHaveLength(0);
  expect(await sessionsOf(fresh.userId)).toHaveLength(1);
  expect(await sessionsOf(rotated.userId)).toHaveLength(1);
  expect((await refresh(holdfast.current, fresh.refreshToken)).status).toBe(200);
  expect((await refresh(holdfast.current, next.body.refreshToken)).status).toBe(200);
});
