import { connect } from 'node:net';
import { expect, inject, onTestFinished, test } from 'vitest';
import { countClaimsWaiting } from '../../src/holds/claim-queue.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { type Db, openMysql, pingMysql, poolUsage } from '../../src/platform/mysql.ts';
import { audit, waitForRest } from '../../src/reconciliation/audit.ts';
import { publishSeatChanges } from '../../src/seats/seat-changes.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { startSeatWorker } from '../../workers/seat-worker.ts';
import { type Answer, type Client, client, guest } from '../support/client.ts';
import { readStream } from '../support/event-stream.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { halfACall } from '../support/half-a-call.ts';
import { useHoldfast } from '../support/harness.ts';

/** A refusal costs a round trip at most; the rest is what a busy machine takes. */
const REFUSED_WITHIN_MS = 2_500;
const RECOVERED_WITHIN_MS = 5_000;
const TEST_WITHIN_MS = 90_000;

const holdfast = useHoldfast({ seatWorker: false });

/** Another server of the same service, with smaller limits. */
async function serverWith(
  env: Readonly<Record<string, string>>,
): Promise<{ url: string; server: RunningServer }> {
  const server = await startServer(
    loadConfig({ ...holdfast.current.env, PORT: '0', LOG_LEVEL: 'silent', ...env }),
  );
  onTestFinished(() => server.stop());
  return { url: `http://127.0.0.1:${server.port}`, server };
}

/** So many new buyers who talk to the server at `url`. */
async function buyersAt(url: string, count: number): Promise<Client[]> {
  const made = await Promise.all(Array.from({ length: count }, () => guest(holdfast.current)));
  return made.map(({ token, userId }) => client({ url }, { token: token ?? '', userId: userId ?? '' }));
}

type Timed = Answer<{ code?: string; status?: string }> & { readonly tookMs: number };

async function timed(asked: Promise<Answer<{ code?: string; status?: string }>>): Promise<Timed> {
  const begunMs = performance.now();
  const answer = await asked;
  return { ...answer, tookMs: performance.now() - begunMs };
}

/** Refused as an overloaded server should: at once, by name, and with the time after which to come back. */
function expectFastRefusals(answers: readonly Timed[], code: string): void {
  for (const { status, body, headers, tookMs } of answers) {
    expect([status, body.code]).toEqual([503, code]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(REFUSED_WITHIN_MS);
  }
}

test(
  'the queue of claims / more than may wait, and no worker / the rest is refused without a lock; with a worker all is well within 5 s',
  async () => {
    const room = 20;
    const { url, server } = await serverWith({ CLAIMS_QUEUED_MAX: String(room) });
    const { eventId } = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 10 });
    const buyers = await buyersAt(url, 100);
    const ask = (buyer: Client, seatId: number) =>
      timed(
        buyer.request(
          'POST',
          `/api/events/${eventId}/holds`,
          { seatIds: [seatId] },
          { prefer: 'respond-async' },
        ),
      );
    const answers = await Promise.all(buyers.map((buyer, index) => ask(buyer, index + 1)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(room);
    const refused = answers.filter(({ status }) => status !== 202);
    expectFastRefusals(refused, 'queue_full');
    const { redis } = server.resources;
    expect(await countClaimsWaiting(server.resources)).toBe(room);
    await eventually(async () => expect(await redis.keys(`seat-lock:{${eventId}}:*`)).toHaveLength(room));

    const worker = await startSeatWorker(loadConfig(holdfast.current.env));
    onTestFinished(() => worker.stop());
    const turnedAway = buyers.filter((_, index) => answers[index]?.status === 503);
    await eventually(async () => {
      const again = await Promise.all(turnedAway.slice(0, 10).map((buyer, index) => ask(buyer, 90 + index)));
      expect(again.map(({ status }) => status).every((status) => status !== 503)).toBe(true);
    }, RECOVERED_WITHIN_MS);
    expect(await waitForRest(holdfast.current.server.resources, 10_000)).toEqual({});
    const { findings } = await audit(holdfast.current.server.resources);
    expect(findings.flatMap(({ examples }) => examples)).toEqual([]);
  },
  TEST_WITHIN_MS,
);

test(
  'requests at once / more than a server may have / are refused at once, probes are not, and places come back when callers hang up',
  async () => {
    const [room, tooMany] = [10, 5];
    const { url, server } = await serverWith({ REQUESTS_AT_ONCE_MAX: String(room) });
    const get = (path: string) => timed(client({ url }).request('GET', path));
    expect((await get('/api/events')).status).toBe(200);
    const answers: string[] = [];
    const callers = Array.from({ length: room + tooMany }, () =>
      halfACall(server, (bytes) => answers.push(bytes.toString().split('\r\n', 1)[0] ?? '')),
    );
    await eventually(() => expect(answers).toHaveLength(tooMany));
    expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 503 Service Unavailable']));
    expectFastRefusals(
      await Promise.all(Array.from({ length: 20 }, () => get('/api/events'))),
      'server_busy',
    );
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await get(path)).status).toBe(200);

    for (const caller of callers) caller.destroy();
    await eventually(async () => expect((await get('/api/events')).status).toBe(200), RECOVERED_WITHIN_MS);
  },
  TEST_WITHIN_MS,
);

test(
  'requests at once / one is refused, then a hundred / the first is to come again in a second, the others the later the more there are',
  async () => {
    const [room, crowd] = [40, 100];
    const { url, server } = await serverWith({ REQUESTS_AT_ONCE_MAX: String(room) });
    const get = () => timed(client({ url }).request('GET', '/api/events'));
    const secondsOf = ({ status, headers }: Timed) => {
      expect(status).toBe(503);
      return Number(headers.get('retry-after'));
    };
    const callers = Array.from({ length: room }, () => halfACall(server, () => {}));
    await eventually(async () => expect((await get()).status).toBe(503));
    expect(secondsOf(await get())).toBe(1);
    const seconds = (await Promise.all(Array.from({ length: crowd }, get))).map(secondsOf);
    // Ten of them a second: half of what forty places are sure to do, where an answer takes 2 s at most.
    const mean = seconds.reduce((sum, each) => sum + each, 0) / crowd;
    expect(mean).toBeGreaterThan(3);
    expect(mean).toBeLessThan(9);
    expect(new Set(seconds).size).toBeGreaterThan(5);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(30);

    for (const caller of callers) caller.destroy();
    await eventually(async () => expect((await get()).status).toBe(200), RECOVERED_WITHIN_MS);
  },
  TEST_WITHIN_MS,
);

/** Takes every connection of the pool; the returned function gives them back. */
async function takeAll(db: Db, connections: number): Promise<() => void> {
  const end = Promise.withResolvers<void>();
  const taken = Array.from({ length: connections }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const held = db.connection().execute(async () => {
      resolve();
      await end.promise;
    });
    return Promise.race([promise, held]);
  });
  await Promise.all(taken);
  return end.resolve;
}

test(
  'the pool / every connection is taken / whoever needs one is told 503 in time, others are served, and all is well once there are some',
  async () => {
    const connections = 2;
    const { url, server } = await serverWith({ DATABASE_POOL_MAX: String(connections) });
    const { db } = server.resources;
    const buyers = await buyersAt(url, 30);
    const giveBack = await takeAll(db, connections);
    const asked = buyers.map((buyer) => timed(buyer.request('GET', '/api/bookings')));
    await eventually(() => expect(poolUsage(db)?.waiting).toBe(buyers.length));
    const alive = await timed(client({ url }).request('GET', '/healthz'));
    expect(alive.status).toBe(200);
    expect(alive.tookMs).toBeLessThan(REFUSED_WITHIN_MS);
    for (const { status, body, headers, tookMs } of await Promise.all(asked)) {
      expect([status, body.code]).toEqual([503, 'unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(tookMs).toBeLessThan(10_000);
    }
    giveBack();
    const again = await timed(
      buyers[0]?.request('GET', '/api/bookings') ?? Promise.reject(new Error('no buyer')),
    );
    expect(again.status).toBe(200);
    expect(again.tookMs).toBeLessThan(RECOVERED_WITHIN_MS);
    // Connections that came for those who had given up went back to the pool.
    await eventually(() =>
      expect(poolUsage(db)).toEqual({ open: connections, idle: connections, waiting: 0 }),
    );
  },
  TEST_WITHIN_MS,
);

test('the pool / more callers than may wait / the others are refused at once', async () => {
  const waitingMax = 10_000;
  const db = openMysql(holdfast.current.env['DATABASE_URL'] ?? inject('databaseRootUrl'), 1);
  onTestFinished(() => db.destroy());
  const giveBack = await takeAll(db, 1);
  const ping = () =>
    pingMysql(db).then(
      () => 'answered',
      (error: unknown) => String(error),
    );
  const waiting = Array.from({ length: waitingMax }, ping);
  await eventually(() => expect(poolUsage(db)?.waiting).toBe(waitingMax));
  const refused = await Promise.all(Array.from({ length: 50 }, ping));
  expect(new Set(refused)).toEqual(new Set(['Error: Queue limit reached.']));
  giveBack();
  const ends = new Set(await Promise.all(waiting));
  expect(ends.has('answered')).toBe(true);
  expect(ends.has('Error: Queue limit reached.')).toBe(false);
});

test(
  'live streams / a flood of them, and viewers who read nothing / beyond the limit 429, the stuck are dropped, memory stays bounded',
  async () => {
    const room = 30;
    const { url, server } = await serverWith({ STREAMS_PER_ADDRESS_MAX: String(room) });
    const { redis } = server.resources;
    const { eventId } = await createTestEvent(holdfast.current);
    const path = `/api/events/${eventId}/stream`;
    const viewers = async () =>
      Number(/^holdfast_stream_viewers\S* (\d+)/m.exec(await metricsOf(url))?.[1] ?? Number.NaN);
    const reader = await readStream(url + path);
    const stuck = Array.from({ length: room - 1 }, () => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      onTestFinished(() => void socket.destroy());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
      return socket.pause();
    });
    await eventually(async () => expect(await viewers()).toBe(1 + stuck.length));
    const flood = await Promise.all(
      Array.from({ length: 50 }, () => timed(client({ url }).request('GET', path))),
    );
    for (const { status, headers, body } of flood) {
      expect([status, body.code]).toEqual([429, 'too_many_streams']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }

    const before = process.memoryUsage().external;
    let most = 0;
    let sent = 0;
    await eventually(async () => {
      const letter = sent % 2 === 0 ? 'l' : 'a';
      sent += 1;
      await publishSeatChanges(
        redis,
        eventId,
        Array.from({ length: 4_900 }, (_, index) => [index + 1, letter] as const),
      );
      // Changes of 100 ms become one frame: the next are to be another's.
      await reader.event(() => reader.events.length >= sent);
      most = Math.max(most, process.memoryUsage().external - before);
      expect(await viewers()).toBe(1);
    }, TEST_WITHIN_MS / 2);
    expect(most).toBeLessThan(100_000_000);
    const next = await readStream(url + path);
    expect(next.response.status).toBe(200);
    next.close();
    reader.close();
  },
  TEST_WITHIN_MS,
);

async function metricsOf(url: string): Promise<string> {
  return (await client({ url }).request<string>('GET', '/metrics')).body;
}
