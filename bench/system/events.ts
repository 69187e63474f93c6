import { sql } from 'kysely';
import { publishEvent } from '../../src/events/change-status.ts';
import { type CreateEvent, createEvent } from '../../src/events/create-event.ts';
import { planSpecSchema } from '../../src/events/plan-spec.ts';
import { newId, toBytes } from '../../src/platform/id.ts';
import type { Db } from '../../src/platform/mysql.ts';
import type { Resources } from '../../src/resources.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const SEATS_PER_ROW = 100;
const HOLD_TTL_SECONDS = 600;

/** A published event with so many seats (a multiple of a hundred) in rows; seat ids are 1..seats. */
export async function makeEvent(resources: Resources, seats: number): Promise<string> {
  return makeHall(resources, { layout: { generator: hallOf(seats) }, prices: { Stalls: 2500 } });
}

/** A published event in any hall. */
export async function makeHall(
  resources: Resources,
  hall: Pick<CreateEvent, 'layout' | 'prices'>,
): Promise<string> {
  const organiserId = newId();
  const eventId = await createEvent(resources, {
    organiserId,
    details: {
      name: 'Benchmark',
      date: new Date(Date.now() + WEEK_MS),
      description: null,
      venueName: '',
      timeZone: 'UTC',
      currency: 'EUR',
      saleOpensAt: null,
      saleClosesAt: null,
      refundableUntil: null,
      seatsPerBuyerMax: 10,
      holdTtlSeconds: HOLD_TTL_SECONDS,
    },
    ...hall,
  });
  await publishEvent(resources, { eventId, actor: { userId: organiserId, role: 'organiser' } });
  return eventId;
}

/** Many events of the same hall: one is made as organisers make it, the others are copied inside the database. */
export async function makeEvents(resources: Resources, count: number, seats: number): Promise<string[]> {
  const first = await makeEvent(resources, seats);
  const events = [first];
  while (events.length < count) events.push(await copyEvent(resources.db, first));
  return events;
}

function hallOf(seats: number) {
  return planSpecSchema.parse({
    name: 'Hall',
    stage: null,
    categories: [{ name: 'Stalls' }],
    parts: [
      {
        kind: 'rows',
        name: 'Stalls',
        category: 'Stalls',
        rows: seats / SEATS_PER_ROW,
        seatsPerRow: SEATS_PER_ROW,
      },
    ],
  });
}

/** The tables of an event that nobody has touched yet. The copy's seat map still carries the name of the first. */
const COPIED = ['events', 'event_tiers', 'event_sections', 'seat_plans', 'event_seats'] as const;

async function copyEvent(db: Db, from: string): Promise<string> {
  const to = newId();
  for (const table of COPIED) {
    const columns = await columnsOf(db, table);
    await sql`
      INSERT INTO ${sql.table(table)} (event_id, ${sql.join(columns.map((name) => sql.ref(name)))})
      SELECT ${toBytes(to)}, ${sql.join(columns.map((name) => sql.ref(name)))}
      FROM ${sql.table(table)} WHERE event_id = ${toBytes(from)}
    `.execute(db);
  }
  return to;
}

/** All but the event's id. */
async function columnsOf(db: Db, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = ${table} AND column_name <> 'event_id'
  `.execute(db);
  return rows.map(({ name }) => name);
}
