import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/id.ts';
import { type Client, client, guest } from '../../support/client.ts';
import { createTestEvent, organiser } from '../../support/events.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
const date = new Date(Date.now() + WEEK_MS).toISOString();

const plan = {
  name: 'Two rows',
  size: { width: 200, height: 100 },
  categories: [{ name: 'Stalls', color: '#ff0000' }, { name: 'Box' }],
  zones: [
    {
      name: 'Main',
      position: { x: 0, y: 0 },
      rows: ['Stalls', 'Box'].map((category, row) => ({
        row_number: String(row + 1),
        position: { x: 0, y: row * 30 },
        seats: [1, 2, 3].map((seat) => ({
          seat_guid: `${row}-${seat}`,
          seat_number: String(seat),
          category,
          position: { x: seat * 25, y: 0 },
        })),
      })),
      areas: [],
    },
  ],
};
const newEvent = { name: 'Imported', date, currency: 'eur', prices: { Stalls: 4_500, Box: 9_000 }, plan };

describe('POST /api/admin/events', () => {
  test('a plan becomes a draft with its seats and a tier for each category', async () => {
    const owner = organiser(holdfast.current);
    const { status, headers, body } = await owner.request('POST', '/api/admin/events', newEvent);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/admin/events/${body.id}`);
    expect(body).toMatchObject({
      name: 'Imported',
      date,
      currency: 'EUR',
      status: 'draft',
      sale: 'draft',
      saleOpensAt: null,
      saleClosesAt: date,
      refundableUntil: date,
      organiserId: owner.userId,
      seatsPerBuyerMax: 10,
      holdTtlSeconds: null,
      seatCount: 6,
      seatsAvailable: 6,
      fromPrice: 4_500,
      tiers: [
        { id: 1, name: 'Stalls', color: '#ff0000', price: 4_500 },
        { id: 2, name: 'Box', color: expect.stringMatching(/^#/), price: 9_000 },
      ],
    });
  });

  test('an arena of 20,000 seats is one call', async () => {
    const owner = organiser(holdfast.current);
    const { status, body } = await owner.request('POST', '/api/admin/events', {
      name: 'Arena',
      date,
      currency: 'EUR',
      preset: { name: 'arena' },
      prices: { Floor: 3, 'Lower tier': 2, 'Upper tier': 1 },
    });
    expect(status).toBe(201);
    expect(body.seatCount).toBe(20_000);
  });

  test('a plan with faults is refused with the path of each, and nothing is stored', async () => {
    const owner = organiser(holdfast.current);
    const broken = structuredClone(plan);
    broken.zones[0]!.rows[1]!.seats[2]!.category = 'Nowhere';
    broken.zones[0]!.rows[0]!.seats[1]!.seat_guid = '0-1';
    const { status, body } = await owner.request('POST', '/api/admin/events', { ...newEvent, plan: broken });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'invalid_plan',
      errorCount: 2,
      errors: [
        { path: 'plan.zones[0].rows[0].seats[1].seat_guid', message: expect.any(String) },
        { path: 'plan.zones[0].rows[1].seats[2].category', message: expect.any(String) },
      ],
    });
    const own = await owner.request('GET', '/api/admin/events');
    expect(own.body.total).toBe(0);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a category without a price', { prices: { Stalls: 1 } }, 'prices["Box"]'],
    ['a price without a category', { prices: { Stalls: 1, Box: 1, Pit: 1 } }, 'prices["Pit"]'],
  ])('%s is refused', async (_name, change, path) => {
    const owner = organiser(holdfast.current);
    const { status, body } = await owner.request('POST', '/api/admin/events', { ...newEvent, ...change });
    expect(status).toBe(422);
    expect(body.code).toBe('invalid_prices');
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['a date that is none', { date: 'tomorrow' }, 'date'],
    ['a currency that is none', { currency: 'QQQ' }, 'currency'],
    ['a time zone that is none', { timeZone: 'Middle/Earth' }, 'timeZone'],
    ['a price with a fraction', { prices: { Stalls: 1.5, Box: 1 } }, 'prices.Stalls'],
    ['a free seat', { prices: { Stalls: 0, Box: 1 } }, 'prices.Stalls'],
    ['a plan and a preset', { preset: { name: 'cinema' } }, ''],
    ['neither plan nor preset', { plan: undefined }, ''],
    [
      'a sale that closes before it opens',
      { saleOpensAt: date, saleClosesAt: '2026-01-01T00:00:00Z' },
      'saleClosesAt',
    ],
    ['more seats than there can be', { seatsPerBuyerMax: 0 }, 'seatsPerBuyerMax'],
  ])('%s is refused with its place', async (_name, change, path) => {
    const owner = organiser(holdfast.current);
    const { status, body } = await owner.request('POST', '/api/admin/events', { ...newEvent, ...change });
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_request');
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test('buyers and strangers are turned away', async () => {
    const buyer = await guest(holdfast.current);
    expect((await buyer.request('POST', '/api/admin/events', newEvent)).status).toBe(403);
    expect((await client(holdfast.current).request('POST', '/api/admin/events', newEvent)).status).toBe(401);
  });

  test('the same Idempotency-Key makes one event', async () => {
    const owner = organiser(holdfast.current);
    const headers = { 'idempotency-key': newId() };
    const first = await owner.request('POST', '/api/admin/events', newEvent, headers);
    const second = await owner.request('POST', '/api/admin/events', newEvent, headers);
    expect(second.body.id).toBe(first.body.id);
    expect((await owner.request('GET', '/api/admin/events')).body.total).toBe(1);
  });
});

describe('PATCH /api/admin/events/:eventId', () => {
  test('only what is given changes; the refund time follows the date', async () => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current);
    const later = new Date(Date.now() + 2 * WEEK_MS).toISOString();
    const { status, body } = await owner.request('PATCH', `/api/admin/events/${eventId}`, {
      date: later,
      description: 'Moved',
      timeZone: 'Europe/Paris',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'An evening of tests',
      date: later,
      saleClosesAt: later,
      refundableUntil: later,
      description: 'Moved',
      timeZone: 'Europe/Paris',
      seatMapVersion: 1,
    });
  });

  test('a new price is in the event and on the seat map, which gets another ETag', async () => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { price: 2_500 });
    const before = await owner.request('GET', `/api/events/${eventId}/seat-map`);
    const { body } = await owner.request('PATCH', `/api/admin/events/${eventId}`, {
      prices: { Stalls: 3_100 },
    });
    expect(body).toMatchObject({ fromPrice: 3_100, seatMapVersion: 2, tiers: [{ id: 1, price: 3_100 }] });
    const after = await owner.request('GET', `/api/events/${eventId}/seat-map`);
    expect(after.body).toMatchObject({ version: 2, tiers: [{ price: 3_100 }] });
    expect(after.body.sections).toEqual(before.body.sections);
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  });

  test('the currency is fixed once published', async () => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { publish: false });
    const draft = await owner.request('PATCH', `/api/admin/events/${eventId}`, { currency: 'JPY' });
    expect(draft.body.currency).toBe('JPY');
    await owner.request('POST', `/api/admin/events/${eventId}/publish`);
    const { status, body } = await owner.request('PATCH', `/api/admin/events/${eventId}`, {
      currency: 'EUR',
    });
    expect([status, body.code]).toEqual([409, 'event_fixed']);
    expect((await owner.request('GET', `/api/events/${eventId}/seat-map`)).body.currency).toBe('JPY');
  });

  test.each<[Record<string, unknown>, number, string]>([
    [{}, 400, 'invalid_request'],
    [{ name: '' }, 400, 'invalid_request'],
    [{ saleOpensAt: '2999-01-01T00:00:00Z' }, 400, 'invalid_request'],
    [{ prices: { Nowhere: 5 } }, 422, 'invalid_prices'],
  ])('%j is refused and changes nothing', async (changes, status, code) => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current);
    const before = await owner.request('GET', `/api/admin/events/${eventId}`);
    const refused = await owner.request('PATCH', `/api/admin/events/${eventId}`, changes);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect((await owner.request('GET', `/api/admin/events/${eventId}`)).body).toEqual(before.body);
  });
});

async function act(owner: Client, eventId: string, verb: string) {
  const { status, body } = await owner.request('POST', `/api/admin/events/${eventId}/${verb}`);
  return [status, body.code ?? body.status];
}

describe('publish, close, cancel', () => {
  test('an event goes from draft through sale to closed, and back on sale; repeating changes nothing', async () => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { publish: false });
    expect(await act(owner, eventId, 'close')).toEqual([409, 'event_status_conflict']);
    expect(await act(owner, eventId, 'publish')).toEqual([200, 'published']);
    expect(await act(owner, eventId, 'publish')).toEqual([200, 'published']);
    expect(await act(owner, eventId, 'close')).toEqual([200, 'closed']);
    expect(await act(owner, eventId, 'close')).toEqual([200, 'closed']);
    expect((await owner.request('GET', `/api/events/${eventId}`)).body.sale).toBe('over');
    expect(await act(owner, eventId, 'publish')).toEqual([200, 'published']);
    expect((await owner.request('GET', `/api/events/${eventId}`)).body.sale).toBe('open');
  });

  test('a cancelled event stays cancelled, and each call asks for the refunds', async () => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current);
    expect(await act(owner, eventId, 'cancel')).toEqual([200, 'cancelled']);
    expect(await act(owner, eventId, 'cancel')).toEqual([200, 'cancelled']);
    const refused = await owner.request('POST', `/api/admin/events/${eventId}/publish`);
    expect(refused.body).toMatchObject({
      code: 'event_status_conflict',
      status: 409,
      eventStatus: 'cancelled',
    });
    const changed = await owner.request('PATCH', `/api/admin/events/${eventId}`, { name: 'Again' });
    expect(changed.body.code).toBe('event_status_conflict');
    const jobs = await holdfast.current.server.resources.queues.byName.payments.getJobs();
    const asked = jobs.filter((job) => job.name === 'event.cancelled' && job.data.eventId === eventId);
    expect(asked).toHaveLength(2);
  });
});

describe('whose event it is', () => {
  test('another organiser finds nothing; an administrator finds all', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const stranger = organiser(holdfast.current);
    const admin = organiser(holdfast.current, 'admin');
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'Mine' }],
      ['GET', '/plan'],
      ['PUT', '/plan', { preset: { name: 'cinema' }, prices: { Standard: 1, Premium: 1 } }],
      ['GET', '/seat-map'],
      ['POST', '/publish'],
      ['POST', '/close'],
      ['POST', '/cancel'],
    ];
    for (const [method, path, body] of calls) {
      const answer = await stranger.request(method, `/api/admin/events/${eventId}${path}`, body);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'event_not_found']);
    }
    expect((await stranger.request('GET', '/api/admin/events')).body.items).toEqual([]);
    expect((await admin.request('GET', `/api/admin/events/${eventId}`)).body).toMatchObject({
      status: 'published',
    });
    expect((await admin.request('POST', `/api/admin/events/${eventId}/close`)).status).toBe(200);
    const all = await admin.request('GET', '/api/admin/events?limit=100&status=closed');
    expect(all.body.items.map((event: { id: string }) => event.id)).toContain(eventId);
  });
});
