import { expect, test } from 'vitest';
import { newId } from '../../../src/platform/id.ts';
import { useHoldfast } from '../../support/harness.ts';
import { newGuest, refresh, statusOfMe, withRole } from './people.ts';

const holdfast = useHoldfast({ seatWorker: false });

test('role / given by an administrator / counts from the next refresh on', async () => {
  const admin = await withRole(holdfast.current, 'admin');
  const buyer = await withRole(holdfast.current, 'buyer');
  const answer = await admin.client.request('POST', roleOf(buyer.userId), {
    role: 'organiser',
  });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ id: buyer.userId, role: 'organiser' });
  expect(await statusOfMe(holdfast.current, buyer.accessToken)).toBe(200);
  expect((await refresh(holdfast.current, buyer.refreshToken)).body.user.role).toBe('organiser');
});

test('role / taken away / ends the sessions that had it, at once', async () => {
  const admin = await withRole(holdfast.current, 'admin');
  const other = await withRole(holdfast.current, 'admin');
  const answer = await admin.client.request('POST', roleOf(other.userId), {
    role: 'buyer',
  });
  expect(answer.status).toBe(200);
  expect((await other.client.request('GET', '/api/admin/users')).status).toBe(401);
  expect((await refresh(holdfast.current, other.refreshToken)).status).toBe(401);
});

test('role / of oneself / not changeable', async () => {
  const admin = await withRole(holdfast.current, 'admin');
  const answer = await admin.client.request('POST', roleOf(admin.userId), {
    role: 'buyer',
  });
  expect(answer.status).toBe(409);
  expect(answer.body.code).toBe('role_not_changeable');
});

test('role / two administrators demote each other at once / one is left', async () => {
  const [a, b] = await Promise.all([
    withRole(holdfast.current, 'admin'),
    withRole(holdfast.current, 'admin'),
  ]);
  const answers = await Promise.all([
    a.client.request('POST', roleOf(b.userId), { role: 'buyer' }),
    b.client.request('POST', roleOf(a.userId), { role: 'buyer' }),
  ]);
  const statuses = answers.map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  // The other comes too late: no administrator any more, or signed out already.
  expect([401, 403]).toContain(statuses.find((status) => status !== 200));
});

test('role / of a guest, of nobody, unknown, by others than administrators / refused', async () => {
  const admin = await withRole(holdfast.current, 'admin');
  const guest = await newGuest(holdfast.current);
  const organiser = await withRole(holdfast.current, 'organiser');
  expect((await admin.client.request('POST', roleOf(guest.userId), { role: 'admin' })).status).toBe(409);
  expect((await admin.client.request('POST', roleOf(newId()), { role: 'admin' })).status).toBe(404);
  expect((await admin.client.request('POST', roleOf('1'), { role: 'admin' })).status).toBe(404);
  expect((await admin.client.request('POST', roleOf(organiser.userId), { role: 'root' })).status).toBe(400);
  for (const { client } of [guest, organiser]) {
    expect((await client.request('POST', roleOf(organiser.userId), { role: 'admin' })).status).toBe(403);
    expect((await client.request('GET', '/api/admin/users')).status).toBe(403);
  }
});

test('users / searched and paged / accounts only, newest first, wildcards are letters', async () => {
  const admin = await withRole(holdfast.current, 'admin');
  const person = await withRole(holdfast.current, 'buyer');
  await newGuest(holdfast.current);
  const byEmail = await admin.client.request(
    'GET',
    `/api/admin/users?search=${person.email.slice(0, 20).toUpperCase()}`,
  );
  expect(byEmail.status).toBe(200);
  expect(byEmail.body).toMatchObject({
    page: 1,
    limit: 20,
    total: 1,
    items: [{ id: person.userId, email: person.email }],
  });
  expect(Object.keys(byEmail.body.items[0]).toSorted()).toEqual([
    'createdAt',
    'email',
    'id',
    'isGuest',
    'name',
    'role',
  ]);
  const all = await admin.client.request('GET', '/api/admin/users?limit=1');
  expect(all.body.items[0].id).toBe(person.userId);
  const second = await admin.client.request('GET', '/api/admin/users?limit=1&page=2');
  expect(second.body.items[0].id).toBe(admin.userId);
  expect((await admin.client.request('GET', '/api/admin/users?search=%25')).body.total).toBe(0);
  expect((await admin.client.request('GET', '/api/admin/users?limit=0')).status).toBe(400);
});

function roleOf(userId: string): string {
  return `/api/admin/users/${userId}/role`;
}
