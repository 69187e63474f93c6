import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import {
  type SeatStreams,
  type StreamLimits,
  openSeatStreams,
} from '../../../src/live-updates/seat-streams.ts';
import { openLog } from '../../../src/platform/log.ts';
import { Problem } from '../../../src/platform/problem.ts';
import { openPubSub } from '../../../src/platform/pub-sub.ts';
import { openRedis } from '../../../src/platform/redis.ts';
import { publishSeatChanges } from '../../../src/seats/seat-changes.ts';
import { seatKeys } from '../../../src/seats/seat-keys.ts';
import { newId } from '../../../src/platform/id.ts';
import { eventually } from '../../support/eventually.ts';
import { readStream } from '../../support/event-stream.ts';
import { type PrivateServer, startRedis } from '../../support/servers.ts';

const LIMITS: StreamLimits = { viewersPerServerMax: 50, viewersPerAddressMax: 40 };
const log = openLog({ logLevel: 'silent' }, 'test');
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Seat streams behind a bare HTTP server: `/<event id>`, with the address in `x-address`. */
async function serve(redisServer: PrivateServer, limits = LIMITS) {
  const redis = openRedis(redisServer.url, 'commands', log);
  const subscriber = openRedis(redisServer.url, 'subscriber', log);
  const streams = openSeatStreams({ redis, pubSub: openPubSub(subscriber, log), log }, limits);
  const server = createServer((req, res) => {
    const answer = async () => {
      const place = streams.admit(String(req.headers['x-address'] ?? 'here'));
      res.once('close', () => place.leave(res));
      const hub = await place.hubOf(String(req.url).slice(1));
      res.removeHeader('transfer-encoding');
      await hub.join(res, req.headers['last-event-id']?.toString() ?? null);
    };
    answer().catch((error: unknown) => {
      res.writeHead(error instanceof Problem ? error.kind.status : 503).end();
    });
  });
  const url = await listen(server);
  closing.push(() => {
    streams.close();
    server.close();
    server.closeAllConnections();
    redis.disconnect();
    subscriber.disconnect();
  });
  return { streams, redis, subscriber, url, server };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Not listening on a port');
  return `http://127.0.0.1:${address.port}`;
}

async function ownRedis(): Promise<PrivateServer> {
  const server = await startRedis();
  closing.push(() => server.stop());
  return server;
}

async function watched(streams: SeatStreams, viewers: number): Promise<void> {
  await eventually(() => expect(streams.viewerCount()).toBe(viewers));
}

test('viewers of one event / several changes at once / one frame with the last state of each seat, one subscription', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  const readers = await Promise.all([1, 2, 3].map(() => readStream(`${url}/${eventId}`)));
  await Promise.all([
    publishSeatChanges(redis, eventId, [
      [1, 'l'],
      [2, 'l'],
    ]),
    publishSeatChanges(redis, eventId, [[3, 'l']]),
    publishSeatChanges(redis, eventId, [[1, 'b']]),
  ]);
  const [newest] = await redis.xrevrange(seatKeys.changes(eventId), '+', '-', 'COUNT', 1);
  for (const reader of readers) {
    const event = await reader.event(({ type }) => type === 'seats');
    expect(event).toEqual({
      type: 'seats',
      id: newest?.[0],
      data: {
        changes: [
          [1, 'b'],
          [2, 'l'],
          [3, 'l'],
        ],
      },
    });
    expect(reader.events).toHaveLength(1);
    expect(reader.text()).toMatch(/^retry: 2000\nid: 0-0\n\n/);
    expect(reader.lastEventId()).toBe(newest?.[0]);
  }
  expect(await redis.pubsub('NUMSUB', seatKeys.changesChannel(eventId))).toEqual([
    seatKeys.changesChannel(eventId),
    1,
  ]);
});

test('viewers of another event / a change / hear nothing; the last one gone / the subscription ends', async () => {
  const { redis, url, streams } = await serve(await ownRedis());
  const [watchedId, otherId] = [newId(), newId()];
  const other = await readStream(`${url}/${otherId}`);
  const reader = await readStream(`${url}/${watchedId}`);
  await publishSeatChanges(redis, watchedId, [[1, 'l']]);
  await reader.event(({ type }) => type === 'seats');
  await publishSeatChanges(redis, otherId, [[9, 'b']]);
  expect((await other.event(() => true)).data).toEqual({ changes: [[9, 'b']] });
  other.close();
  reader.close();
  await watched(streams, 0);
  await eventually(async () => expect(await redis.pubsub('CHANNELS', 'seat-changes:*')).toEqual([]));
});

test('two servers / one publishes / the viewers of both are told', async () => {
  const redisServer = await ownRedis();
  const [first, second] = [await serve(redisServer), await serve(redisServer)];
  const eventId = newId();
  const readers = await Promise.all([first, second].map(({ url }) => readStream(`${url}/${eventId}`)));
  await publishSeatChanges(first.redis, eventId, [[5, 'l']]);
  for (const reader of readers)
    expect((await reader.event(() => true)).data).toEqual({ changes: [[5, 'l']] });
});

test('a viewer who comes just after a change / without an id / gets the changes of the last second', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  await publishSeatChanges(redis, eventId, [[1, 'l']]);
  const first = await readStream(`${url}/${eventId}`);
  expect((await first.event(() => true)).data).toEqual({ changes: [[1, 'l']] });
  await publishSeatChanges(redis, eventId, [[2, 'l']]);
  await first.event(({ data }) => JSON.stringify(data).includes('[2'));
  const second = await readStream(`${url}/${eventId}`);
  expect((await second.event(({ data }) => JSON.stringify(data).includes('[2'))).type).toBe('seats');
});

test('Last-Event-ID / changes since / gets just those, once for each seat', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  await publishSeatChanges(redis, eventId, [[1, 'l']]);
  const before = await readStream(`${url}/${eventId}`);
  await eventually(() => expect(before.lastEventId()).not.toBe(''));
  const seen = before.lastEventId();
  before.close();
  await publishSeatChanges(redis, eventId, [[2, 'l']]);
  await publishSeatChanges(redis, eventId, [
    [2, 'a'],
    [3, 'l'],
  ]);
  const after = await readStream(`${url}/${eventId}`, { 'last-event-id': seen });
  expect((await after.event(() => true)).data).toEqual({
    changes: [
      [2, 'a'],
      [3, 'l'],
    ],
  });
  expect(after.events.every(({ type }) => type === 'seats')).toBe(true);
});

test('Last-Event-ID / nothing since / neither changes nor a reset', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  await publishSeatChanges(redis, eventId, [[1, 'l']]);
  const before = await readStream(`${url}/${eventId}`);
  await before.event(() => true);
  const after = await readStream(`${url}/${eventId}`, { 'last-event-id': before.lastEventId() });
  await publishSeatChanges(redis, eventId, [[2, 'l']]);
  expect((await after.event(() => true)).data).toEqual({ changes: [[2, 'l']] });
});

test.each(['nonsense', '1-0 COUNT', '12345-0', '99999999999999-0'])(
  'Last-Event-ID / %s, which the stream does not have / reset, then changes as they come',
  async (lastEventId) => {
    const { redis, url } = await serve(await ownRedis());
    const eventId = newId();
    await publishSeatChanges(redis, eventId, [[1, 'l']]);
    const reader = await readStream(`${url}/${eventId}`, { 'last-event-id': lastEventId });
    expect((await reader.event(() => true)).type).toBe('reset');
    await publishSeatChanges(redis, eventId, [[2, 'l']]);
    await reader.event(({ data }) => JSON.stringify(data).includes('[2,"l"]'));
  },
);

test('Last-Event-ID / the stream was trimmed beyond it, or lost / reset', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  await publishSeatChanges(redis, eventId, [[1, 'l']]);
  const before = await readStream(`${url}/${eventId}`);
  await before.event(() => true);
  await publishSeatChanges(redis, eventId, [[2, 'l']]);
  await publishSeatChanges(redis, eventId, [[3, 'l']]);
  await redis.xtrim(seatKeys.changes(eventId), 'MAXLEN', '=', 1);
  await before.event(({ data }) => JSON.stringify(data).includes('[3'));
  const seen = before.events[0]?.id ?? '';
  const trimmed = await readStream(`${url}/${eventId}`, { 'last-event-id': seen });
  expect((await trimmed.event(() => true)).type).toBe('reset');
  await redis.flushall();
  await publishSeatChanges(redis, eventId, [[4, 'l']]);
  await before.event(({ data }) => JSON.stringify(data).includes('[4'));
  const lost = await readStream(`${url}/${eventId}`, { 'last-event-id': seen });
  expect((await lost.event(() => true)).type).toBe('reset');
});

test('a stream that begins anew with smaller ids / a change / reset for all', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  await redis.xadd(seatKeys.changes(eventId), '99999999999999-0', 'c', '[[1,"l"]]');
  const reader = await readStream(`${url}/${eventId}`);
  await redis.flushall();
  await publishSeatChanges(redis, eventId, [[2, 'l']]);
  const reset = await reader.event(({ type }) => type === 'reset');
  expect(reset.id).toBe((await redis.xrevrange(seatKeys.changes(eventId), '+', '-'))[0]?.[0]);
});

test('the subscription is cut / changes meanwhile / they come from the stream, without a reset', async () => {
  const { redis, url, subscriber } = await serve(await ownRedis());
  const eventId = newId();
  await publishSeatChanges(redis, eventId, [[1, 'l']]);
  const reader = await readStream(`${url}/${eventId}`);
  await reader.event(() => true);
  const cut = once(subscriber, 'close');
  await redis.client('KILL', 'TYPE', 'PUBSUB');
  await cut;
  await publishSeatChanges(redis, eventId, [[2, 'l']]);
  await reader.event(({ data }) => JSON.stringify(data).includes('[2,"l"]'));
  await publishSeatChanges(redis, eventId, [[3, 'b']]);
  await reader.event(({ data }) => JSON.stringify(data).includes('[3,"b"]'));
  expect(reader.events.some(({ type }) => type === 'reset')).toBe(false);
});

test('Redis is killed and comes back empty / all viewers / reset, then changes as they come', async () => {
  const redisServer = await ownRedis();
  const { redis, url } = await serve(redisServer);
  const eventId = newId();
  await publishSeatChanges(redis, eventId, [[1, 'l']]);
  const readers = await Promise.all([1, 2].map(() => readStream(`${url}/${eventId}`)));
  for (const reader of readers) await reader.event(() => true);
  await redisServer.kill();
  await redisServer.restart();
  for (const reader of readers) await reader.event(({ type }) => type === 'reset');
  await eventually(async () => await publishSeatChanges(redis, eventId, [[7, 'l']]));
  for (const reader of readers) {
    const change = await reader.event(({ data }) => JSON.stringify(data).includes('[7,"l"]'));
    expect(change.type).toBe('seats');
  }
});

test('more changes at once than a frame carries / one viewer / reset', async () => {
  const { redis, url } = await serve(await ownRedis());
  const eventId = newId();
  const reader = await readStream(`${url}/${eventId}`);
  await publishSeatChanges(
    redis,
    eventId,
    Array.from({ length: 6_000 }, (_, index) => [index + 1, 'a'] as const),
  );
  await reader.event(({ type }) => type === 'reset');
  expect(reader.events).toHaveLength(1);
});

test('too many viewers / of one address, of the server / refused with 429 and 503; a place is free again when one leaves', async () => {
  const { url, streams } = await serve(await ownRedis(), { viewersPerServerMax: 3, viewersPerAddressMax: 2 });
  const eventId = newId();
  const open = async (address: string) => await readStream(`${url}/${eventId}`, { 'x-address': address });
  const first = await open('a');
  await open('a');
  expect((await open('a')).response.status).toBe(429);
  await open('b');
  expect((await open('c')).response.status).toBe(503);
  first.close();
  await watched(streams, 2);
  expect((await open('c')).response.status).toBe(200);
});

test('close / open streams / all end at once, and nobody is let in any more', async () => {
  const { url, streams } = await serve(await ownRedis());
  const readers = await Promise.all([newId(), newId()].map((eventId) => readStream(`${url}/${eventId}`)));
  streams.close();
  await Promise.all(readers.map((reader) => reader.ended));
  expect((await readStream(`${url}/${newId()}`)).response.status).toBe(503);
});
