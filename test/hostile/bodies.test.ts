import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { newId } from '../../src/platform/id.ts';
import { organiser } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';
import { type Sent, ask, faultOfRefusal } from './ask.ts';
import { nested } from './fuzz-values.ts';

const holdfast = useHoldfast({ seatWorker: false });

const JSON_TYPE = { 'content-type': 'application/json' };
const UNPACKED_BYTES = 50_000_000;
const BOMBS_AT_ONCE = 100;
/** All the bombs unpacked would be 5 GB, and the limits of their bodies together are 10 MB; unpacking takes buffers. */
const GROWTH_BYTES_MAX = 200_000_000;
const CHUNK_BYTES = 65_536;
const CHUNKS = 8_000;
const SAMPLE_EVERY_MS = 2;

/** Runs the work, and tells by how much this process's memory outside the heap, where bodies are, grew meanwhile. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().external;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().external);
  }, SAMPLE_EVERY_MS);
  await work();
  clearInterval(timer);
  return most - before;
}

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])(
  'bombs packed with %s / a hundred at once / 413, and never unpacked beyond the limit',
  async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(UNPACKED_BYTES, ' '));
    const sent: Sent = {
      method: 'POST',
      path: '/api/auth/login',
      headers: { ...JSON_TYPE, 'content-encoding': encoding },
      body: bomb,
    };
    const growth = await growthDuring(async () => {
      const all = await Promise.all(
        Array.from({ length: BOMBS_AT_ONCE }, () => ask(holdfast.current.url, sent)),
      );
      expect(all.map(({ status }) => status)).toEqual(all.map(() => 413));
      expect(all.map(faultOfRefusal).filter((fault) => fault !== '')).toEqual([]);
    });
    expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
  },
);

test.each([
  ['/api/auth/login', 100_000],
  ['/api/stripe/webhook', 1_000_000],
  ['/api/admin/plans/validate', 32 * 1024 * 1024],
])('%s / a body of %d bytes and one more / 413, a body of as many is read', async (path, limit) => {
  const authorization = `Bearer ${organiser(holdfast.current).token}`;
  const post = (bytes: number) => {
    const body = Buffer.alloc(bytes, ' ');
    body.write('[]');
    return ask(holdfast.current.url, {
      method: 'POST',
      path,
      headers: { ...JSON_TYPE, authorization },
      body,
    });
  };
  const [read, refused] = [await post(limit), await post(limit + 1)];
  expect([200, 400, 422]).toContain(read.status);
  expect(refused.status).toBe(413);
  expect(faultOfRefusal(refused)).toBe('');
});

test('a body that is told by no length / of 500 MB in chunks / 413 at its end, and nothing of it is kept', async () => {
  const { hostname, port } = new URL(holdfast.current.url);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const path = '/api/auth/login';
  const req = request({ hostname, port, path, method: 'POST', headers: JSON_TYPE }, (res) => {
    resolve(res.resume().statusCode);
  });
  req.on('error', reject);
  const growth = await growthDuring(async () => {
    await pipeline(Readable.from(chunksOf(CHUNK_BYTES, CHUNKS)), req);
    expect(await promise).toBe(413);
  });
  expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
});

function* chunksOf(bytes: number, count: number) {
  const chunk = Buffer.alloc(bytes, ' ');
  for (let sent = 0; sent < count; sent += 1) yield chunk;
}

test.each([
  ['application/json; charset="utf-8"', 401],
  ['application/merge-patch+json', 401],
  ['text/plain', 415],
  ['', 415],
])('a sign-in / sent as %j / is answered with %i', async (type, status) => {
  const sent: Sent = {
    method: 'POST',
    path: '/api/auth/login',
    headers: { 'content-type': type },
    body: JSON.stringify({ email: 'nobody@example.com', password: 'not the password' }),
  };
  expect((await ask(holdfast.current.url, sent)).status).toBe(status);
});

test('a body for someone who is not let in / is not read', async () => {
  const got = await ask(holdfast.current.url, {
    method: 'POST',
    path: '/api/admin/plans/validate',
    headers: JSON_TYPE,
    body: '{"this is not JSON',
  });
  expect(got.status).toBe(401);
});

test('deep and wide JSON / for an organiser, whose bodies may be large / is refused quickly', async () => {
  const authorization = `Bearer ${organiser(holdfast.current).token}`;
  const post = (path: string, body: string) =>
    ask(holdfast.current.url, { method: 'POST', path, headers: { ...JSON_TYPE, authorization }, body });
  const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  const wide = JSON.stringify({ zones: Array.from({ length: 200_000 }, () => ({})) });
  const keys = JSON.stringify(
    Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [newId() + index, 1])),
  );
  for (const body of [deep, wide, keys, JSON.stringify({ zones: nested(1_000) })]) {
    const begunMs = performance.now();
    const got = await post('/api/admin/plans/validate', body);
    expect(performance.now() - begunMs).toBeLessThan(10_000);
    expect([200, 400, 422]).toContain(got.status);
    expect(got.text.length).toBeLessThan(100_000);
  }
});
