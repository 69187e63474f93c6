import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { createUser } from '../../../src/accounts/create-user.ts';
import { limitFailures } from '../../../src/accounts/sign-in-failures.ts';
import { client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { PASSWORD, newEmail, registered } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });
const WRONG = 'not the right one';
/** No bcrypt of cost 12 in JavaScript is faster than this; an answer without one takes a few milliseconds. */
const ONE_HASH_MS = 60;

async function login(email: string, password: string) {
  return await client(holdfast.current).request('POST', '/api/auth/login', { email, password });
}

test('register / new address / 201 with both tokens and the user', async () => {
  const email = newEmail();
  const answer = await client(holdfast.current).request('POST', '/api/auth/register', {
    email: ` ${email.toUpperCase()} `,
    password: PASSWORD,
    name: ' Ada ',
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(answer.body).toEqual({
    accessToken: expect.stringMatching(/^eyJ/),
    refreshToken: expect.stringMatching(/^[\w-]{43}$/),
    expiresIn: 900,
    user: { id: expect.any(String), email, name: 'Ada', role: 'buyer', isGuest: false },
  });
  const me = await client(holdfast.current, { token: answer.body.accessToken, userId: '' }).request(
    'GET',
    '/api/me',
  );
  expect(me.status).toBe(200);
  expect(me.body).toEqual(answer.body.user);
});

test('login / right password, the address in capitals / 200', async () => {
  const { email, userId } = await registered(holdfast.current);
  const answer = await login(email.toUpperCase(), PASSWORD);
  expect(answer.status).toBe(200);
  expect(answer.body.user.id).toBe(userId);
});

test('login / unknown address and wrong password / the very same answer', async () => {
  const { email } = await registered(holdfast.current);
  const wrong = await login(email, WRONG);
  const unknown = await login(newEmail(), WRONG);
  expect(wrong.status).toBe(401);
  expect(wrong.body.code).toBe('sign_in_failed');
  expect(unknown.status).toBe(wrong.status);
  expect({ ...unknown.body, instance: null }).toEqual({ ...wrong.body, instance: null });
  expect(headerNames(unknown.headers)).toEqual(headerNames(wrong.headers));
});

test('login / unknown address and wrong password / the same time, since a hash is computed for both', async () => {
  const { email } = await registered(holdfast.current);
  const wrong: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    wrong.push(await timeOf(() => login(email, WRONG)));
    unknown.push(await timeOf(() => login(newEmail(), WRONG)));
  }
  expect(Math.min(...unknown)).toBeGreaterThan(ONE_HASH_MS);
  expect(Math.min(...wrong)).toBeGreaterThan(ONE_HASH_MS);
  // The quickest of each, and loosely: what else the machine is doing adds to either. Without a hash it is a fiftieth.
  const ratio = Math.min(...unknown) / Math.min(...wrong);
  expect(ratio).toBeGreaterThan(1 / 4);
  expect(ratio).toBeLessThan(4);
});

test('login / the right 72 bytes with one more behind them, which bcrypt would cut off / refused', async () => {
  const email = newEmail();
  const password = 'abcdefgh'.repeat(9);
  await client(holdfast.current).request('POST', '/api/auth/register', { email, password });
  expect((await login(email, password)).status).toBe(200);
  expect((await login(email, `${password}x`)).status).toBe(401);
});

test('register / taken address, wrong password / answered as a failed sign-in, nothing is changed', async () => {
  const { email } = await registered(holdfast.current);
  const failed = await login(email, WRONG);
  const answer = await client(holdfast.current).request('POST', '/api/auth/register', {
    email,
    password: WRONG,
  });
  expect(answer.status).toBe(401);
  expect({ ...answer.body, instance: null }).toEqual({ ...failed.body, instance: null });
  expect((await login(email, PASSWORD)).status).toBe(200);
});

test('register / taken address, right password / signs in, so that sending it twice is harmless', async () => {
  const { email, userId } = await registered(holdfast.current);
  const again = await registered(holdfast.current, email);
  expect(again.userId).toBe(userId);
});

test('register / the same address three times at once / one account', async () => {
  const email = newEmail();
  const people = await Promise.all(Array.from({ length: 3 }, () => registered(holdfast.current, email)));
  expect(new Set(people.map((person) => person.userId)).size).toBe(1);
});

test('login / an account with too many failures / closed for a minute, for the right password too; others are not', async () => {
  const { redis } = holdfast.current.server.resources;
  const [{ email }, other] = await Promise.all([registered(holdfast.current), registered(holdfast.current)]);
  // Again, should the minute have ended in between: the count begins afresh with each.
  const closed = await eventually(async () => {
    await Promise.allSettled(Array.from({ length: 10 }, () => limitFailures(redis, email, async () => null)));
    const answer = await login(email, PASSWORD);
    expect(answer.status).toBe(429);
    return answer;
  });
  expect(closed.body.code).toBe('rate_limited');
  expect(Number(closed.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await login(other.email, PASSWORD)).status).toBe(200);
});

test('sign-in failures / thirty tries at once / ten are let through', async () => {
  const { redis } = holdfast.current.server.resources;
  const email = newEmail();
  let tried = 0;
  const tries = await Promise.allSettled(
    Array.from({ length: 30 }, () =>
      limitFailures(redis, email, async () => {
        tried += 1;
        return null;
      }),
    ),
  );
  expect(tried).toBe(10);
  expect(tries.every((attempt) => attempt.status === 'rejected')).toBe(true);
});

test('sign-in failures / right passwords, and tries that could not be made / are not counted', async () => {
  const { redis } = holdfast.current.server.resources;
  const email = newEmail();
  for (let round = 0; round < 15; round += 1) {
    expect(await limitFailures(redis, email, async () => 'signed in')).toBe('signed in');
    await expect(limitFailures(redis, email, () => Promise.reject(new Error('away')))).rejects.toThrow(
      'away',
    );
  }
});

test.each([
  ['too short', { password: 'zq7-kd93h' }, 'password'],
  ['longer than 72 bytes', { password: 'abcdefghi'.repeat(9) }, 'password'],
  ['common', { password: 'Qwertyuiop' }, 'password'],
  ['the address', { email: 'grace.hopper@example.org', password: 'Grace.Hopper@example.org' }, 'password'],
  ['missing', { password: undefined }, 'password'],
  ['a number', { password: 1234567890 }, 'password'],
  ['without an address', { email: undefined }, 'email'],
  ['with no real address', { email: 'nobody' }, 'email'],
])(
  'register / password or address %s / 400 names the field and repeats no password',
  async (_case, fault, path) => {
    const sent = { email: newEmail(), password: PASSWORD, ...fault };
    const answer = await client(holdfast.current).request('POST', '/api/auth/register', sent);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('invalid_request');
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect(JSON.stringify(answer.body)).not.toContain(sent.password ?? '\0');
  },
);

test('createUser / twice / one account, left as it was', async () => {
  const { db } = holdfast.current.server.resources;
  const email = newEmail();
  const first = await createUser(db, { email, password: PASSWORD, role: 'admin', name: 'Demo' });
  const second = await createUser(db, {
    email: email.toUpperCase(),
    password: WRONG,
    role: 'buyer',
    name: null,
  });
  expect(second).toBe(first);
  const answer = await login(email, PASSWORD);
  expect(answer.body.user).toMatchObject({ id: first, role: 'admin', name: 'Demo' });
});

test('createUser / a password that the API would refuse / throws', async () => {
  const { db } = holdfast.current.server.resources;
  await expect(
    createUser(db, { email: newEmail(), password: 'short', role: 'buyer', name: null }),
  ).rejects.toThrow(RangeError);
});

function headerNames(headers: Headers): string[] {
  return [...headers.keys()].toSorted();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
