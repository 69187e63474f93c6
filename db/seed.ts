import { randomBytes } from 'node:crypto';
import { createUser } from '../src/accounts/create-user.ts';
import { publishEvent } from '../src/events/change-status.ts';
import { createEvent } from '../src/events/create-event.ts';
import type { EventDetails } from '../src/events/event.ts';
import { findEvent, updateDetails } from '../src/events/event-store.ts';
import type { PresetName } from '../src/events/preset-plans.ts';
import type { EventId, UserId } from '../src/platform/id.ts';
import { type Log, openLog } from '../src/platform/log.ts';
import { type Db, inTransaction, isDuplicate, openMysql } from '../src/platform/mysql.ts';
import { StartError, runProcess } from '../src/platform/shutdown.ts';

const CONNECTIONS_MAX = 4;
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
const BEGINS_AT_UTC = { hours: 18, minutes: 30 };

type DemoEvent = {
  /** Fixed, so that seeding again finds the event. */
  readonly eventId: EventId;
  readonly name: string;
  readonly description: string;
  readonly venueName: string;
  readonly preset: PresetName;
  readonly prices: Readonly<Record<string, number>>;
  readonly weeksAhead: number;
};

const DEMO_EVENTS: readonly DemoEvent[] = [
  {
    eventId: '01900000-0000-7000-8000-000000000001',
    name: 'The Last Ferry to Ormsey',
    description: 'Preview of the film, with a talk afterwards.',
    venueName: 'Lantern Cinema',
    preset: 'cinema',
    prices: { Standard: 1_150, Premium: 1_550 },
    weeksAhead: 3,
  },
  {
    eventId: '01900000-0000-7000-8000-000000000002',
    name: 'Seven Doors and No Key',
    description: 'A comedy in two acts.',
    venueName: 'Halvard Theatre',
    preset: 'theatre',
    prices: { Stalls: 5_800, 'Dress circle': 4_400, Balcony: 2_600 },
    weeksAhead: 5,
  },
  {
    eventId: '01900000-0000-7000-8000-000000000003',
    name: 'Northern Static: the Harbour Tour',
    description: 'One night, 20,000 seats.',
    venueName: 'Meridian Arena',
    preset: 'arena',
    prices: { Floor: 12_900, 'Lower tier': 8_900, 'Upper tier': 4_900 },
    weeksAhead: 9,
  },
  {
    eventId: '01900000-0000-7000-8000-000000000004',
    name: 'Late Shift at the Boiler House',
    description: 'Standing on the floor, some seats on the gallery.',
    venueName: 'Boiler House',
    preset: 'standing',
    prices: { Standing: 2_200, Gallery: 3_000 },
    weeksAhead: 4,
  },
];

export type SeedOptions = {
  /** Of the two demo logins; without it none are made. */
  readonly password: string | undefined;
  readonly nowMs?: number;
};

/**
 * Demo logins and demo events, published and on sale. Seeding again makes only what is missing, and moves demo events
 * that are over to a new date, so that there is always something to buy.
 * @returns a line for each thing that was made or moved
 */
export async function seed(
  db: Db,
  log: Log,
  { password, nowMs = Date.now() }: SeedOptions,
): Promise<string[]> {
  const organiserId = await createUser(db, {
    email: 'organiser@holdfast.example',
    password: randomBytes(24).toString('base64url'),
    role: 'organiser',
    name: 'Demo organiser',
  });
  if (password !== undefined) {
    const shared = { password, name: null };
    await createUser(db, { ...shared, email: 'buyer@holdfast.example', role: 'buyer' });
    await createUser(db, { ...shared, email: 'admin@holdfast.example', role: 'admin' });
  }
  const lines: string[] = [];
  for (const demo of DEMO_EVENTS) {
    const line = await seedEvent({ db, log }, demo, organiserId, nowMs);
    if (line !== null) lines.push(line);
  }
  return lines;
}

async function seedEvent(
  resources: { db: Db; log: Log },
  demo: DemoEvent,
  organiserId: UserId,
  nowMs: number,
): Promise<string | null> {
  const { eventId, name } = demo;
  const present = await findEvent(resources.db, eventId);
  if (present?.status === 'closed' || present?.status === 'cancelled') return null;
  if (present?.status === 'published') {
    if (present.date.getTime() > nowMs) return null;
    const date = dateOf(demo, nowMs);
    const details = { ...present, date, refundableUntil: date };
    await inTransaction(resources.db, (tx) => updateDetails(tx, eventId, details));
    return `Moved to a new date: ${name}`;
  }
  if (present === null) await createOnce(resources, demo, organiserId, nowMs);
  await publishEvent(resources, { eventId, actor: { userId: organiserId, role: 'organiser' } });
  return `On sale: ${name}`;
}

/** Another seed at the same time may have been quicker: then the event is there, which is all that is asked for. */
async function createOnce(
  resources: { db: Db; log: Log },
  demo: DemoEvent,
  organiserId: UserId,
  nowMs: number,
): Promise<void> {
  try {
    await createEvent(resources, {
      eventId: demo.eventId,
      organiserId,
      details: detailsOf(demo, nowMs),
      layout: { preset: { name: demo.preset } },
      prices: demo.prices,
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

function detailsOf(demo: DemoEvent, nowMs: number): EventDetails {
  const date = dateOf(demo, nowMs);
  return {
    name: demo.name,
    date,
    description: demo.description,
    venueName: demo.venueName,
    timeZone: 'Europe/Amsterdam',
    currency: 'EUR',
    saleOpensAt: null,
    saleClosesAt: null,
    refundableUntil: date,
    seatsPerBuyerMax: 10,
    holdTtlSeconds: null,
  };
}

function dateOf({ weeksAhead }: DemoEvent, nowMs: number): Date {
  const date = new Date(nowMs + weeksAhead * WEEK_MS);
  date.setUTCHours(BEGINS_AT_UTC.hours, BEGINS_AT_UTC.minutes, 0, 0);
  return date;
}

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new StartError('DATABASE_URL is missing: set it in .env (see .env.example).');
  const db = openMysql(url, CONNECTIONS_MAX);
  try {
    const password = process.env['HOLDFAST_DEMO_PASSWORD'] || undefined;
    const lines = await seed(db, openLog({ logLevel: 'silent' }, 'seed'), { password });
    process.stdout.write(lines.length === 0 ? 'The demo events are there.\n' : `${lines.join('\n')}\n`);
  } finally {
    await db.destroy();
  }
}

if (import.meta.main) runProcess(main);
