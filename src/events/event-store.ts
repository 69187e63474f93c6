import { type ExpressionBuilder, type SelectQueryBuilder, type Updateable, sql } from 'kysely';
import type { Database, EventRow, EventStatus, EventsTable } from '../../db/schema.ts';
import { fromBytes, toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW, type Tx } from '../platform/mysql.ts';
import type { EventDetails, EventRecord, Tier } from './event.ts';

/** An event goes on being listed as upcoming while it is likely to be still running. */
const RUNNING_HOURS = 12;
const SEARCH_WORDS_MAX = 8;

export type EventFilter = {
  readonly statuses: readonly EventStatus[];
  readonly organiserId: string | null;
  readonly search: string;
  readonly when: 'upcoming' | 'past' | 'all';
  readonly sortBy: 'date' | 'name' | 'price' | 'createdAt';
  readonly sortOrder: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
};

/** null when there is no such event. */
export async function findEvent(db: DbOrTx, eventId: string): Promise<EventRecord | null> {
  const row = await db
    .selectFrom('events')
    .selectAll()
    .where('event_id', '=', toBytes(eventId))
    .executeTakeFirst();
  if (row === undefined) return null;
  return toRecord(row, await listTiers(db, [row.event_id]));
}

/** The same, with the event's row locked until the transaction ends: changes of one event wait for each other. */
export async function lockEvent(tx: Tx, eventId: string): Promise<EventRecord | null> {
  const locked = await tx
    .selectFrom('events')
    .select('event_id')
    .where('event_id', '=', toBytes(eventId))
    .forUpdate()
    .executeTakeFirst();
  return locked === undefined ? null : await findEvent(tx, eventId);
}

/** One page of the events that the filter lets through, and how many there are in all. */
export async function listEvents(
  db: DbOrTx,
  filter: EventFilter,
): Promise<{ events: EventRecord[]; total: number }> {
  const matching = filtered(db.selectFrom('events'), filter);
  const { total } = await matching
    .select((eb) => eb.fn.countAll<number | string | bigint>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await matching
    .selectAll()
    .orderBy(SORTED_BY[filter.sortBy], filter.sortOrder)
    .orderBy('event_id', filter.sortOrder)
    .limit(filter.limit)
    .offset(filter.offset)
    .execute();
  const tiers = await listTiers(
    db,
    rows.map((row) => row.event_id),
  );
  return { events: rows.map((row) => toRecord(row, tiers)), total: Number(total) };
}

/** How many seats are locked or sold. Answered from an index alone: only an available seat has no hold. */
export async function countTakenSeats(db: DbOrTx, eventId: string): Promise<number> {
  const { taken } = await db
    .selectFrom('event_seats')
    .select((eb) => eb.fn.countAll<number | string | bigint>().as('taken'))
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(taken);
}

export async function insertEvent(
  tx: Tx,
  event: { eventId: string; organiserId: string; details: EventDetails },
): Promise<void> {
  await tx
    .insertInto('events')
    .values({
      ...toColumns(event.details),
      event_id: toBytes(event.eventId),
      organiser_id: toBytes(event.organiserId),
      created_at: NOW,
      updated_at: NOW,
    })
    .execute();
}

export async function updateDetails(tx: Tx, eventId: string, details: EventDetails): Promise<void> {
  await tx
    .updateTable('events')
    .set({ ...toColumns(details), updated_at: NOW })
    .where('event_id', '=', toBytes(eventId))
    .execute();
}

/** false, and nothing changed, when the event isn't in one of the states that it may come from. */
export async function updateStatus(
  db: DbOrTx,
  change: { eventId: string; from: readonly EventStatus[]; to: EventStatus },
): Promise<boolean> {
  const result = await db
    .updateTable('events')
    .set({ status: change.to, updated_at: NOW })
    .where('event_id', '=', toBytes(change.eventId))
    .where('status', 'in', [...change.from])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

type EventQuery<Selected> = SelectQueryBuilder<Database, 'events', Selected>;

function filtered<Selected>(query: EventQuery<Selected>, filter: EventFilter): EventQuery<Selected> {
  let narrowed = query.where('status', 'in', [...filter.statuses]);
  if (filter.organiserId !== null)
    narrowed = narrowed.where('organiser_id', '=', toBytes(filter.organiserId));
  const begin = sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${sql.lit(RUNNING_HOURS)} HOUR`;
  if (filter.when === 'upcoming') narrowed = narrowed.where('event_date', '>=', begin);
  if (filter.when === 'past') narrowed = narrowed.where('event_date', '<', begin);
  for (const word of filter.search.split(/\s+/).filter(Boolean).slice(0, SEARCH_WORDS_MAX)) {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    narrowed = narrowed.where((eb) =>
      eb.or([eb('event_name', 'like', pattern), eb('venue_name', 'like', pattern)]),
    );
  }
  return narrowed;
}

const SORTED_BY = {
  date: 'event_date',
  name: 'event_name',
  createdAt: 'created_at',
  price: (eb: ExpressionBuilder<Database, 'events'>) =>
    eb
      .selectFrom('event_tiers')
      .select((tier) => tier.fn.min('price_amount').as('price'))
      .whereRef('event_tiers.event_id', '=', 'events.event_id'),
} as const;

type TiersByEvent = ReadonlyMap<string, readonly Tier[]>;

async function listTiers(db: DbOrTx, eventIds: readonly Buffer[]): Promise<TiersByEvent> {
  if (eventIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('event_tiers')
    .selectAll()
    .where('event_id', 'in', [...eventIds])
    .orderBy('tier_id')
    .execute();
  const byEvent = Map.groupBy(rows, (row) => row.event_id.toString('hex'));
  return new Map(
    [...byEvent].map(([event, tiers]) => [
      event,
      tiers.map((row) => ({
        id: row.tier_id,
        name: row.tier_name,
        color: row.color,
        priceAmount: row.price_amount,
      })),
    ]),
  );
}

function toRecord(row: EventRow, tiers: TiersByEvent): EventRecord {
  return {
    eventId: fromBytes(row.event_id),
    organiserId: fromBytes(row.organiser_id),
    name: row.event_name,
    date: row.event_date,
    description: row.description,
    venueName: row.venue_name,
    timeZone: row.time_zone,
    currency: row.currency,
    status: row.status,
    saleOpensAt: row.sale_opens_at,
    saleClosesAt: row.sale_closes_at,
    refundableUntil: row.refundable_until,
    seatsPerBuyerMax: row.seats_per_buyer_max,
    holdTtlSeconds: row.hold_ttl_seconds,
    seatCount: row.seat_count,
    seatMapVersion: row.seat_map_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tiers: tiers.get(row.event_id.toString('hex')) ?? [],
  };
}

function toColumns(details: EventDetails) {
  return {
    event_name: details.name,
    event_date: details.date,
    description: details.description,
    venue_name: details.venueName,
    time_zone: details.timeZone,
    currency: details.currency,
    sale_opens_at: details.saleOpensAt,
    sale_closes_at: details.saleClosesAt,
    refundable_until: details.refundableUntil,
    seats_per_buyer_max: details.seatsPerBuyerMax,
    hold_ttl_seconds: details.holdTtlSeconds,
  } satisfies Updateable<EventsTable>;
}
