import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { client } from '../../support/client.ts';
import { createTestEvent, organiser } from '../../support/events.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });

type RawAnswer = { status: number | undefined; headers: Record<string, unknown>; body: Buffer };

/** Plain HTTP, because fetch decides on encodings itself. */
async function raw(path: string, headers: Record<string, string>): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    const sent = request(new URL(path, holdfast.current.url), { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('the seat map is served compressed, cacheable, with a strong ETag that answers 304', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const path = `/api/events/${eventId}/seat-map`;
  const first = await raw(path, { 'accept-encoding': 'gzip, deflate, br' });
  expect(first.status).toBe(200);
  expect(first.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-encoding': 'gzip',
    'cache-control': expect.stringMatching(/^public, max-age=/),
    etag: expect.stringMatching(/^"[\w-]{22}-gzip"$/),
    vary: expect.stringMatching(/accept-encoding/i),
  });
  const map = JSON.parse(gunzipSync(first.body).toString());
  expect(map).toMatchObject({ eventId, version: 1, currency: 'EUR', seatCount: 50 });
  expect(map.sections.at(-1).rows[0].seats[0]).toEqual([1, '1', expect.any(Number), expect.any(Number), 0]);

  const again = await raw(path, {
    'accept-encoding': 'gzip',
    'if-none-match': String(first.headers['etag']),
  });
  expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, first.headers['etag']]);

  const plain = await raw(path, { 'accept-encoding': 'identity' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['etag']).not.toBe(first.headers['etag']);
  expect(JSON.parse(plain.body.toString())).toEqual(map);
});

test('the map of a draft is for those who manage it', async () => {
  const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { publish: false });
  expect((await client(holdfast.current).request('GET', `/api/events/${eventId}/seat-map`)).status).toBe(404);
  const { status, body } = await owner.request('GET', `/api/admin/events/${eventId}/seat-map`);
  expect([status, body.seatCount]).toEqual([200, 50]);
});

test('a plan that was exported is imported as it was, general admission too', async () => {
  const owner = organiser(holdfast.current);
  const generated = await owner.request('POST', '/api/admin/plans/generate', {
    preset: { name: 'standing' },
  });
  expect(generated.status).toBe(200);
  const checked = await owner.request('POST', '/api/admin/plans/validate', generated.body);
  expect(checked.body).toMatchObject({
    valid: true,
    seatCount: 200,
    categories: [
      { name: 'Standing', seatCount: 150 },
      { name: 'Gallery', seatCount: 50 },
    ],
    errors: [],
  });
  const { body: event } = await owner.request('POST', '/api/admin/events', {
    name: 'Club night',
    date: new Date(Date.now() + 1e9).toISOString(),
    currency: 'EUR',
    prices: { Standing: 1_000, Gallery: 2_000 },
    plan: generated.body,
  });
  const exported = await owner.request('GET', `/api/admin/events/${event.id}/plan`);
  expect(exported.body).toEqual(generated.body);
  const map = await owner.request('GET', `/api/admin/events/${event.id}/seat-map`);
  const standing = map.body.sections.find((section: { name: string }) => section.name === 'Standing');
  expect(standing.generalAdmission).toEqual({ capacity: 150, firstSeatId: 1, tierIndex: 0 });

  const strict = await owner.request('GET', `/api/admin/events/${event.id}/plan?strict=true`);
  expect(JSON.stringify(strict.body)).not.toMatch(/general_admission|"focus"/);
});

test('a check tells every fault of a plan with its path, and stores nothing', async () => {
  const owner = organiser(holdfast.current);
  const { status, body } = await owner.request('POST', '/api/admin/plans/validate', { name: 'Nothing' });
  expect(status).toBe(200);
  expect(body.valid).toBe(false);
  expect(body.errors.map((error: { path: string }) => error.path)).toEqual(['categories', 'zones', 'zones']);
});

test('a generator that asks for too much is refused before it makes anything', async () => {
  const owner = organiser(holdfast.current);
  const part = {
    kind: 'blocks',
    name: 'B',
    category: 'A',
    columns: 50,
    lines: 50,
    rows: 500,
    seatsPerRow: 1_000,
  };
  const generator = { name: 'Huge', categories: [{ name: 'A' }], parts: [part] };
  const { status, body } = await owner.request('POST', '/api/admin/plans/generate', { generator });
  expect([status, body.code]).toEqual([422, 'invalid_plan']);
  expect(body.errors[0].path).toBe('generator.parts');
});

test('a draft can be given other seats; a published event can not', async () => {
  const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { publish: false });
  const other = { preset: { name: 'cinema' }, prices: { Standard: 900, Premium: 1_200 } };
  const replaced = await owner.request('PUT', `/api/admin/events/${eventId}/plan`, other);
  expect(replaced.body).toMatchObject({
    seatCount: 82,
    seatMapVersion: 2,
    tiers: [{ name: 'Standard' }, { name: 'Premium' }],
  });
  const map = await owner.request('GET', `/api/admin/events/${eventId}/seat-map`);
  expect(map.body).toMatchObject({ version: 2, seatCount: 82 });
  await owner.request('POST', `/api/admin/events/${eventId}/publish`);
  const { status, body } = await owner.request('PUT', `/api/admin/events/${eventId}/plan`, other);
  expect([status, body.code]).toEqual([409, 'event_fixed']);
});
