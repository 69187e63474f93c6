import { expect, test } from 'vitest';
import { guest } from '../../support/client.ts';
import { createTestEvent, organiser } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { client } from '../../support/client.ts';

const holdfast = useHoldfast({ env: { LOG_LEVEL: 'silent' } });
const QUEUE = 'seat-selection';
const admin = () => organiser(holdfast.current, 'admin');

test.each([
  ['GET', '/api/admin/queue/stats'],
  ['GET', `/api/admin/queue/details?queue=${QUEUE}`],
  ['POST', '/api/admin/queue/pause'],
  ['POST', '/api/admin/queue/resume'],
  ['POST', '/api/admin/queue/clean'],
  ['POST', '/api/admin/queue/retry'],
  ['POST', '/api/admin/queue/board-session'],
])('%s %s / not an administrator / 401 or 403', async (method, path) => {
  const body = method === 'POST' ? {} : undefined;
  expect((await client(holdfast.current).request(method, path, body)).status).toBe(401);
  expect((await (await guest(holdfast.current)).request(method, path, body)).status).toBe(403);
  expect((await organiser(holdfast.current).request(method, path, body)).status).toBe(403);
});

test('pause, details, resume / a hold is asked for meanwhile / it waits and is told so, is listed, and is held in the end', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const paused = await admin().request('POST', '/api/admin/queue/pause', { queue: QUEUE });
  expect(paused.status).toBe(200);
  expect(paused.body.queues).toContainEqual(expect.objectContaining({ name: QUEUE, isPaused: true }));
  expect(paused.body.queues).toContainEqual(expect.objectContaining({ name: 'payments', isPaused: false }));

  const buyer = await guest(holdfast.current);
  const path = `/api/events/${eventId}/holds`;
  const asked = await buyer.request('POST', path, { seatIds: [1] }, { prefer: 'respond-async' });
  expect(asked).toMatchObject({ status: 202, body: { status: 'queued' } });
  const details = await admin().request(
    'GET',
    `/api/admin/queue/details?queue=${QUEUE}&state=waiting&limit=5`,
  );
  expect(details).toMatchObject({ status: 200, body: { page: 1, limit: 5, total: 1 } });
  expect(details.body.items[0]).toMatchObject({
    data: { groups: [{ terms: { eventId }, claims: [{ seatIds: [1] }] }] },
    startedAt: null,
  });

  const resumed = await admin().request('POST', '/api/admin/queue/resume', {});
  expect(resumed.body.queues.every(({ isPaused }: { isPaused: boolean }) => !isPaused)).toBe(true);
  await eventually(async () => {
    const hold = await buyer.request('GET', `/api/events/${eventId}/holds/mine`);
    expect(hold.body.status).toBe('held');
  });
});

test('stats, clean, retry / a job that fails / is counted, put back, and cleaned away only when it is old enough', async () => {
  const queue = holdfast.current.server.resources.queues.byName[QUEUE];
  await queue.add('nobody.knows', { about: 'nothing' }, { jobId: 'unknown-job' });
  const failed = async () => {
    const { body } = await admin().request('GET', '/api/admin/queue/stats');
    return body.queues.find(({ name }: { name: string }) => name === QUEUE).counts.failed;
  };
  await eventually(async () => expect(await failed()).toBe(1));
  expect(await admin().request('POST', '/api/admin/queue/retry', { queue: QUEUE })).toMatchObject({
    status: 200,
    body: { retried: 1 },
  });
  await eventually(async () => expect(await failed()).toBe(1));
  const list = await admin().request('GET', `/api/admin/queue/details?queue=${QUEUE}&state=failed`);
  expect(list.body.items[0]).toMatchObject({
    id: 'unknown-job',
    name: 'nobody.knows',
    failedReason: expect.stringContaining('nobody.knows'),
  });
  const clean = async (olderThanSeconds: number) =>
    await admin().request('POST', '/api/admin/queue/clean', {
      queue: QUEUE,
      state: 'failed',
      olderThanSeconds,
    });
  expect((await clean(3_600)).body).toEqual({ removed: 0 });
  expect((await clean(0)).body).toEqual({ removed: 1 });
});

test.each([
  ['clean', { queue: QUEUE, state: 'waiting', olderThanSeconds: 0 }],
  ['clean', { queue: 'unknown', state: 'failed' }],
  ['pause', { queue: 'unknown' }],
])('%s / %o / 400 and nothing is changed', async (action, body) => {
  const answer = await admin().request('POST', `/api/admin/queue/${action}`, body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});
