import { expect, test } from 'vitest';
import { client } from '../../support/client.ts';
import { useHoldfast } from '../../support/harness.ts';
import { PASSWORD, newEmail, newGuest, refresh, registered, statusOfMe } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });

test('guest / without a body / 201: a buyer without an address', async () => {
  const { status, body } = await client(holdfast.current).request('POST', '/api/auth/guest');
  expect(status).toBe(201);
  expect(body.user).toEqual({
    id: expect.any(String),
    email: null,
    name: null,
    role: 'buyer',
    isGuest: true,
  });
});

test('guest / registers / keeps the id, and the tokens of the guest end', async () => {
  const guest = await newGuest(holdfast.current);
  const email = newEmail();
  const { status, body } = await guest.client.request('POST', '/api/auth/register', {
    email,
    password: PASSWORD,
  });
  expect(status).toBe(201);
  expect(body.user).toMatchObject({ id: guest.userId, email, isGuest: false });
  expect(await statusOfMe(holdfast.current, body.accessToken)).toBe(200);
  expect(await statusOfMe(holdfast.current, guest.accessToken)).toBe(401);
  expect((await refresh(holdfast.current, guest.refreshToken)).status).toBe(401);
  const login = await client(holdfast.current).request('POST', '/api/auth/login', {
    email,
    password: PASSWORD,
  });
  expect(login.body.user.id).toBe(guest.userId);
});

test("guest / registers twice at once / one account with the guest's id", async () => {
  const guest = await newGuest(holdfast.current);
  const email = newEmail();
  const answers = await Promise.all(
    [1, 2].map(() => guest.client.request('POST', '/api/auth/register', { email, password: PASSWORD })),
  );
  // The other one either signs in to the account, or is told that the guest, or the guest's token, is no more.
  const made = answers.filter((answer) => answer.status === 201);
  const refused = answers.filter((answer) => answer.status === 401);
  expect(made.length + refused.length).toBe(2);
  expect(new Set(made.map((answer) => answer.body.user.id))).toEqual(new Set([guest.userId]));
});

test('guest / registers a taken address with a wrong password / refused, and is still a guest', async () => {
  const guest = await newGuest(holdfast.current);
  const { email } = await registered(holdfast.current);
  const answer = await guest.client.request('POST', '/api/auth/register', {
    email,
    password: 'not the right one',
  });
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe('sign_in_failed');
  const me = await guest.client.request('GET', '/api/me');
  expect(me.body).toMatchObject({ id: guest.userId, isGuest: true });
});

test('register / by someone with an account / makes another one', async () => {
  const person = await registered(holdfast.current);
  const answer = await person.client.request('POST', '/api/auth/register', {
    email: newEmail(),
    password: PASSWORD,
  });
  expect(answer.status).toBe(201);
  expect(answer.body.user.id).not.toBe(person.userId);
  expect(await statusOfMe(holdfast.current, person.accessToken)).toBe(200);
});
