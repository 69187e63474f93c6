import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../../db/migrate.ts';
import { seed } from '../../../db/seed.ts';
import { findAccountByEmail } from '../../../src/accounts/account-store.ts';
import { type EventFilter, listEvents } from '../../../src/events/event-store.ts';
import { getSaleRules, saleState } from '../../../src/events/sale-rules.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import { openLog } from '../../../src/platform/log.ts';
import { type Db, openMysql } from '../../../src/platform/mysql.ts';
import { type TestDatabase, createDatabase } from '../../support/servers.ts';

const log = openLog({ logLevel: 'silent' }, 'seed');
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const EVERY_EVENT: EventFilter = {
  statuses: ['draft', 'published', 'closed', 'cancelled'],
  organiserId: null,
  search: '',
  when: 'all',
  sortBy: 'name',
  sortOrder: 'asc',
  limit: 100,
  offset: 0,
};

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createDatabase();
  db = openMysql(database.url, 4);
  await migrate(db);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('seeding twice makes the demo events once, on sale, and logins only with a password', async () => {
  expect(await seed(db, log, { password: undefined })).toHaveLength(4);
  expect(await findAccountByEmail(db, 'buyer@holdfast.example')).toBeUndefined();
  const first = await listEvents(db, EVERY_EVENT);
  expect(first.events.map((event) => [event.seatCount, event.tiers.length, event.status])).toEqual(
    expect.arrayContaining([
      [82, 2, 'published'],
      [1_209, 3, 'published'],
      [20_000, 3, 'published'],
      [200, 2, 'published'],
    ]),
  );

  expect(await seed(db, log, { password: 'a-demo-password-42' })).toEqual([]);
  expect(await listEvents(db, EVERY_EVENT)).toEqual(first);
  expect(await findAccountByEmail(db, 'buyer@holdfast.example')).toMatchObject({ role: 'buyer' });
  expect(await findAccountByEmail(db, 'admin@holdfast.example')).toMatchObject({ role: 'admin' });
});

test('the seats of the arena are numbered without gaps and ranked from 0', async () => {
  await seed(db, log, { password: undefined });
  const arena = (await listEvents(db, EVERY_EVENT)).events.find((event) => event.seatCount === 20_000);
  const seats = await db
    .selectFrom('event_seats')
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      fn.min('event_seat_id').as('first'),
      fn.max('event_seat_id').as('last'),
      fn.min('seat_rank').as('best'),
    ])
    .where('event_id', '=', Buffer.from((arena?.eventId ?? '').replaceAll('-', ''), 'hex'))
    .where('status', '=', 'available')
    .executeTakeFirstOrThrow();
  expect(seats).toEqual({ count: 20_000, first: 1, last: 20_000, best: 0 });
});

test('demo events that are over are moved to a new date', async () => {
  await seed(db, log, { password: undefined });
  const nowMs = Date.now() + YEAR_MS;
  expect(await seed(db, log, { password: undefined, nowMs })).toHaveLength(4);
  const { events } = await listEvents(db, EVERY_EVENT);
  const config = loadConfig({
    DATABASE_URL: database.url,
    REDIS_URL: 'redis://127.0.0.1:1',
    JWT_SECRET: 'a-secret-for-tests-only-0123456789abcdef',
    STRIPE_SECRET_KEY: 'sk_test_holdfast',
    STRIPE_WEBHOOK_SECRET: 'whsec_test_secret',
  });
  for (const event of events) {
    const rules = await getSaleRules({ db, config }, event.eventId);
    expect(rules && saleState(rules, new Date(nowMs))).toBe('open');
    expect(rules?.holdTtlMs).toBe(60_000);
  }
});
