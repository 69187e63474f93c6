import { randomUUID } from 'node:crypto';
import type { Role } from '../../../db/schema.ts';
import { toBytes } from '../../../src/platform/id.ts';
import { type Client, client } from '../../support/client.ts';
import type { Holdfast } from '../../support/harness.ts';

export const PASSWORD = 'a pencil and a plan';

export type Person = {
  readonly email: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly client: Client;
};

export function newEmail(): string {
  return `${randomUUID()}@example.org`;
}

/** Someone who has just registered. */
export async function registered(holdfast: Holdfast, email: string = newEmail()): Promise<Person> {
  const { status, body } = await client(holdfast).request('POST', '/api/auth/register', {
    email,
    password: PASSWORD,
  });
  if (status !== 201) throw new Error(`Not registered: ${status} ${JSON.stringify(body)}`);
  return person(holdfast, email, body);
}

/** Someone with a role, signed in; made without a password, since hashing one takes its time. */
export async function withRole(holdfast: Holdfast, role: Role): Promise<Person> {
  const guest = await newGuest(holdfast);
  const email = newEmail();
  await holdfast.server.resources.db
    .updateTable('users')
    .set({ user_email: email, role, is_guest: 0 })
    .where('user_id', '=', toBytes(guest.userId))
    .execute();
  const { body } = await refresh(holdfast, guest.refreshToken);
  return person(holdfast, email, body);
}

/** A guest with both tokens. */
export async function newGuest(holdfast: Holdfast): Promise<Person> {
  const { body } = await client(holdfast).request('POST', '/api/auth/guest', {});
  return person(holdfast, '', body);
}

export async function refresh(holdfast: Pick<Holdfast, 'url'>, refreshToken: string) {
  return await client(holdfast).request('POST', '/api/auth/refresh', { refreshToken });
}

/** What `GET /api/me` answers to the token, on any server. */
export async function statusOfMe(server: Pick<Holdfast, 'url'>, accessToken: string): Promise<number> {
  const { status } = await client(server, { token: accessToken, userId: '' }).request('GET', '/api/me');
  return status;
}

function person(
  holdfast: Holdfast,
  email: string,
  body: { accessToken: string; refreshToken: string; user: { id: string } },
): Person {
  return {
    email,
    userId: body.user.id,
    accessToken: body.accessToken,
    refreshToken: body.refreshToken,
    client: client(holdfast, { token: body.accessToken, userId: body.user.id }),
  };
}
