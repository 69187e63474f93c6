import { expect, test } from 'vitest';
import { startSeatWorker } from '../../../workers/seat-worker.ts';
import { listenForMetrics } from '../../../src/platform/metrics-listener.ts';
import { openLog } from '../../../src/platform/log.ts';
import { openMetrics } from '../../../src/platform/metrics.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import { client, guest } from '../../support/client.ts';
import { readStream } from '../../support/event-stream.ts';
import { createTestEvent } from '../../support/events.ts';
import { startHoldfast, useHoldfast } from '../../support/harness.ts';
import { freePort } from '../../support/servers.ts';

const holdfast = useHoldfast();
const TOKEN = 'a-token-for-the-tests';

test('metrics / after holds and a stream / requests by route and status, holds by outcome, queues, viewers, pool', async () => {
  const { url } = holdfast.current;
  const { eventId } = await createTestEvent(holdfast.current);
  const [winner, loser] = [await guest(holdfast.current), await guest(holdfast.current)];
  const reader = await readStream(`${url}/api/events/${eventId}/stream`);
  expect((await winner.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] })).status).toBe(201);
  expect((await loser.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] })).status).toBe(409);
  await client(holdfast.current).request('GET', '/nothing/here');
  await client(holdfast.current).request('GET', '/api/events/nonsense/stream');
  const { status, headers, body } = await client(holdfast.current).request<string>('GET', '/metrics');
  reader.close();
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
  const route = '/api/events/:eventId/holds';
  const requests = 'http_request_duration_seconds_count';
  expect(sample(body, requests, { method: 'POST', route, status: '201' })).toBe(1);
  expect(sample(body, requests, { method: 'POST', route, status: '409' })).toBe(1);
  expect(sample(body, requests, { method: 'GET', route: 'other', status: '404' })).toBe(1);
  const stream = '/api/events/:eventId/stream';
  expect(sample(body, requests, { method: 'GET', route: stream, status: '404' })).toBe(1);
  expect(sample(body, 'holdfast_holds_total', { outcome: 'held' })).toBe(1);
  expect(sample(body, 'holdfast_holds_total', { outcome: 'seats_taken' })).toBe(1);
  expect(sample(body, 'holdfast_queue_jobs', { queue: 'seat-selection', state: 'waiting' })).toBe(0);
  expect(sample(body, 'holdfast_queue_paused', { queue: 'payments' })).toBe(0);
  expect(sample(body, 'holdfast_stream_viewers', {})).toBe(1);
  expect(sample(body, 'holdfast_mysql_connection_waiters', {})).toBe(0);
  expect(sample(body, 'holdfast_mysql_connections', { state: 'open' })).toBeGreaterThan(0);
  expect(body).toMatch(/^process_cpu_seconds_total/m);
  expect(body).not.toContain(eventId);
});

/** The value of the server's sample with just these labels, in whatever order they are written. */
function sample(body: string, name: string, labels: Record<string, string>): number | undefined {
  const wanted = Object.entries({ ...labels, process: 'server' }).map(
    ([label, value]) => `${label}="${value}"`,
  );
  const values = body.split('\n').flatMap((line) => {
    const [, found, inside = '', value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    const isIt = found === name && inside.split(',').toSorted().join() === wanted.toSorted().join();
    return isIt ? [Number(value)] : [];
  });
  return values[0];
}

test('metrics / METRICS_TOKEN is set / only with it', async () => {
  const own = await startHoldfast({ seatWorker: false, env: { METRICS_TOKEN: TOKEN } });
  const ask = async (authorization: string) =>
    (await client(own).request('GET', '/metrics', undefined, { authorization })).status;
  expect(await ask('')).toBe(401);
  expect(await ask('Bearer a-token-for-the-testz')).toBe(401);
  expect(await ask(`Bearer ${TOKEN}`)).toBe(200);
  await own.stop();
});

test('a worker / METRICS_PORT is set / shows its metrics and health there, and stops', async () => {
  const port = await freePort();
  const worker = await startSeatWorker(loadConfig({ ...holdfast.current.env, METRICS_PORT: String(port) }));
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('process="seat-worker"');
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/else`)).status).toBe(404);
  await worker.stop();
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed');
});

test('a worker / METRICS_PORT is taken / the start fails and says so', async () => {
  const port = new URL(holdfast.current.url).port;
  const config = loadConfig({ ...holdfast.current.env, METRICS_PORT: port });
  const log = openLog(config, 'test');
  await expect(listenForMetrics({ config, log, metrics: openMetrics('test', log) })).rejects.toThrow(
    `METRICS_PORT ${port} can not be used`,
  );
});
