import { expect, test } from 'vitest';
import { closeEvent } from '../../../src/events/change-status.ts';
import { type SaleRules, getSaleRules } from '../../../src/events/sale-rules.ts';
import { newId } from '../../../src/platform/id.ts';
import { openMysql } from '../../../src/platform/mysql.ts';
import { client } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
/** A second, and what a busy machine adds. */
const STALE_MS_MAX = 3_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

async function list(query: string) {
  const { status, body } = await client(holdfast.current).request('GET', `/api/events?${query}`);
  return { status, body, names: body.items?.map((event: { name: string }) => event.name) };
}

test('published events are paged, searched and sorted; drafts, closed and past ones are not listed', async () => {
  const word = `Quokka${newId().slice(-6)}`;
  const make = (name: string, days: number, price: number, more = {}) =>
    createTestEvent(holdfast.current, {
      price,
      details: { name: `${word} ${name}`, date: inDays(days), ...more },
    });
  await make('b', 3, 300);
  await make('a', 2, 100, { venueName: 'The 100% hall' });
  await make('c', 1, 200);
  await make('past', -2, 500);
  await createTestEvent(holdfast.current, { publish: false, details: { name: `${word} draft` } });
  const closed = await make('closed', 4, 500);
  await closed.organiser.request('POST', `/api/admin/events/${closed.eventId}/close`);

  const named = (...names: string[]) => names.map((name) => `${word} ${name}`);
  expect((await list(`search=${word}`)).names).toEqual(named('c', 'a', 'b'));
  expect((await list(`search=${word.toLowerCase()}&sortOrder=desc`)).names).toEqual(named('b', 'a', 'c'));
  expect((await list(`search=${word}&sortBy=name`)).names).toEqual(named('a', 'b', 'c'));
  expect((await list(`search=${word}&sortBy=price`)).names).toEqual(named('a', 'c', 'b'));
  expect((await list(`search=${word}&sortBy=createdAt`)).names).toEqual(named('b', 'a', 'c'));
  expect((await list(`search=${word}&when=past`)).names).toEqual(named('past'));
  expect((await list(`search=${word}&when=all`)).body.total).toBe(4);
  expect((await list(`search=${word}%20100%25`)).names).toEqual(named('a'));
  expect((await list(`search=${word}%20_`)).names).toEqual([]);
  expect((await list(`search=${encodeURIComponent(String.raw`${word} \ ' "`)}`)).names).toEqual([]);

  const second = await list(`search=${word}&limit=2&page=2`);
  expect(second.names).toEqual(named('b'));
  expect(second.body).toMatchObject({ page: 2, limit: 2, total: 3 });
  expect((await list(`search=${word}&page=3&limit=2`)).names).toEqual([]);
  expect(second.body.items[0]).toMatchObject({
    status: 'published',
    sale: 'open',
    fromPrice: 300,
    currency: 'EUR',
    seatCount: 50,
    seatsAvailable: 50,
  });
});

test.each(['page=0', 'limit=101', 'limit=x', 'sortBy=password', 'sortOrder=up', `search=${'x'.repeat(101)}`])(
  '?%s is refused',
  async (query) => {
    expect((await list(query)).status).toBe(400);
  },
);

test('an event shows its tiers; a draft and an unknown one are not found', async () => {
  const anyone = client(holdfast.current);
  const shown = await createTestEvent(holdfast.current, { price: 700 });
  const draft = await createTestEvent(holdfast.current, { publish: false });
  const { status, body } = await anyone.request('GET', `/api/events/${shown.eventId}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: shown.eventId, tiers: [{ id: 1, name: 'Stalls', price: 700 }] });
  for (const id of [draft.eventId, newId(), 'nonsense']) {
    const missing = await anyone.request('GET', `/api/events/${id}`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
  }
});

test('seats that someone has are not counted as available', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const { db } = holdfast.current.server.resources;
  await db
    .updateTable('event_seats')
    .set({ status: 'booked', hold_id: Buffer.alloc(16, 1) })
    .where('event_id', '=', Buffer.from(eventId.replaceAll('-', ''), 'hex'))
    .where('event_seat_id', '<=', 3)
    .execute();
  await eventually(async () => {
    const { body } = await client(holdfast.current).request('GET', `/api/events/${eventId}`);
    expect(body.seatsAvailable).toBe(47);
  });
});

test('the sale opens and closes at its times', async () => {
  const anyone = client(holdfast.current);
  const saleOf = async (details: Record<string, unknown>) => {
    const { eventId } = await createTestEvent(holdfast.current, { details });
    return (await anyone.request('GET', `/api/events/${eventId}`)).body.sale;
  };
  expect(await saleOf({ saleOpensAt: inDays(1) })).toBe('not_yet');
  expect(await saleOf({ saleOpensAt: inDays(-1), saleClosesAt: inDays(1) })).toBe('open');
  expect(await saleOf({ saleClosesAt: inDays(-1) })).toBe('over');
  expect(await saleOf({ date: inDays(-1) })).toBe('over');
  expect(await saleOf({ date: inDays(-1), saleClosesAt: inDays(1) })).toBe('open');
});

test('the rules of a sale carry the event and its tiers, and null stands for no event', async () => {
  const { resources } = holdfast.current.server;
  const details = { seatsPerBuyerMax: 4, holdTtlSeconds: 90, saleOpensAt: inDays(-1), refundableUntil: null };
  const { eventId } = await createTestEvent(holdfast.current, { details });
  expect(await getSaleRules(resources, eventId)).toEqual({
    eventId,
    status: 'published',
    saleOpensAt: new Date(details.saleOpensAt),
    saleClosesAt: expect.any(Date),
    refundableUntil: null,
    seatsPerBuyerMax: 4,
    holdTtlMs: 90_000,
    seatCount: 50,
    seatMapVersion: 1,
    currency: 'EUR',
    tiers: [{ id: 1, name: 'Stalls', color: expect.any(String), priceAmount: 2_500 }],
  });
  expect(await getSaleRules(resources, newId())).toBeNull();
});

test('many who ask for the rules of a sale at once cost one query of the event, and see a change of another process soon', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const { config } = holdfast.current.server.resources;
  const otherProcess = openMysql(config.databaseUrl, 2);
  let queries = 0;
  const counting = otherProcess.withPlugin({
    transformQuery: ({ node }) => {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  try {
    const ask = () => getSaleRules({ db: counting, config }, eventId);
    const answers = await Promise.all(Array.from({ length: 100 }, ask));
    expect(new Set(answers.map((rules: SaleRules | null) => rules?.status))).toEqual(new Set(['published']));
    expect(queries).toBe(2);
    await closeEvent(holdfast.current.server.resources, {
      eventId,
      actor: { userId: newId(), role: 'admin' },
    });
    expect((await getSaleRules(holdfast.current.server.resources, eventId))?.status).toBe('closed');
    await eventually(async () => expect((await ask())?.status).toBe('closed'), STALE_MS_MAX);
  } finally {
    await otherProcess.destroy();
  }
});
