import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { client, guest } from '../../support/client.ts';
import { readStream } from '../../support/event-stream.ts';
import { createTestEvent } from '../../support/events.ts';
import { startHoldfast, useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();

test('a seat is held / someone watches the event / is told; resumes by header and by query', async () => {
  const { url } = holdfast.current;
  const { eventId } = await createTestEvent(holdfast.current);
  const stream = `${url}/api/events/${eventId}/stream`;
  const reader = await readStream(stream);
  const buyer = await guest(holdfast.current);
  const held = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] });
  expect(held.status).toBe(201);
  const { id } = await reader.event(({ data }) => JSON.stringify(data).includes('[1,"l"]'));
  await buyer.request('DELETE', `/api/holds/${held.body.id}`);
  await reader.event(({ data }) => JSON.stringify(data).includes('[1,"a"]'));
  const resumed = [
    await readStream(stream, { 'last-event-id': id }),
    await readStream(`${stream}?lastEventId=${id}`),
  ];
  for (const again of resumed) {
    expect(await again.event(() => true)).toMatchObject({
      type: 'seats',
      data: {
        changes: [
          [1, 'a'],
          [2, 'a'],
        ],
      },
    });
    again.close();
  }
  reader.close();
});

test('the stream / opened / headers that keep caches, compression and proxies off it', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const reader = await readStream(`${holdfast.current.url}/api/events/${eventId}/stream`, {
    'accept-encoding': 'gzip, br',
  });
  const headers = Object.fromEntries(reader.response.headers);
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  expect(headers).toMatchObject({ 'x-request-id': expect.any(String), ratelimit: expect.any(String) });
  expect(headers).not.toHaveProperty('content-encoding');
  reader.close();
  const head = await fetch(`${holdfast.current.url}/api/events/${eventId}/stream`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

test('an event that is unknown, malformed or a draft / its stream / 404 problem', async () => {
  const draft = await createTestEvent(holdfast.current, { publish: false });
  for (const eventId of [randomUUID(), 'nonsense', draft.eventId]) {
    const answer = await client(holdfast.current).request('GET', `/api/events/${eventId}/stream`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'event_not_found' } });
  }
});

test('open streams / the server stops / they end at once and the server is gone within a second', async () => {
  const own = await startHoldfast({ seatWorker: false });
  const { eventId } = await createTestEvent(own);
  const readers = await Promise.all(
    [1, 2, 3].map(() => readStream(`${own.url}/api/events/${eventId}/stream`)),
  );
  const startedMs = performance.now();
  const stopped = own.server.stop();
  await Promise.all(readers.map((reader) => reader.ended));
  await stopped;
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  await own.stop();
});
