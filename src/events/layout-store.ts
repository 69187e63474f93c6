import { toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW, type Tx } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Tier } from './event.ts';
import type { DrawnLayout } from './layout.ts';
import type { NumberedSeat } from './number-seats.ts';

/** Seats per statement: large enough that 20,000 take a second, small enough for a packet of 1 MB. */
const SEATS_PER_STATEMENT = 2_000;

/** Writes an event's tiers, sections, plan and seats; the event must have none of them. */
export async function insertLayout(tx: Tx, eventId: string, layout: DrawnLayout): Promise<void> {
  const event_id = toBytes(eventId);
  await insertTiers(tx, event_id, layout.tiers);
  await tx
    .insertInto('event_sections')
    .values(
      layout.sections.map((section) => ({
        event_id,
        section_id: section.id,
        section_name: section.name,
        general_admission: section.isGeneralAdmission ? 1 : 0,
      })),
    )
    .execute();
  await tx
    .insertInto('seat_plans')
    .values({ event_id, plan_gzip: layout.planGzip, seat_map_gzip: layout.seatMapGzip })
    .execute();
  for (const piece of piecesOf(layout.seats, SEATS_PER_STATEMENT)) await insertSeats(tx, event_id, piece);
  await tx
    .updateTable('events')
    .set({ seat_count: layout.seats.length, seat_map_version: layout.version, updated_at: NOW })
    .where('event_id', '=', event_id)
    .execute();
}

/** Takes away what `insertLayout` wrote. */
export async function deleteLayout(tx: Tx, eventId: string): Promise<void> {
  const event_id = toBytes(eventId);
  await tx.deleteFrom('event_seats').where('event_id', '=', event_id).execute();
  await tx.deleteFrom('event_sections').where('event_id', '=', event_id).execute();
  await tx.deleteFrom('event_tiers').where('event_id', '=', event_id).execute();
  await tx.deleteFrom('seat_plans').where('event_id', '=', event_id).execute();
}

/** New prices, and the seat map that shows them. */
export async function updatePrices(
  tx: Tx,
  eventId: string,
  { tiers, seatMapGzip, version }: Pick<DrawnLayout, 'tiers' | 'seatMapGzip' | 'version'>,
): Promise<void> {
  const event_id = toBytes(eventId);
  for (const tier of tiers) {
    await tx
      .updateTable('event_tiers')
      .set({ price_amount: tier.priceAmount })
      .where('event_id', '=', event_id)
      .where('tier_id', '=', tier.id)
      .execute();
  }
  await tx
    .updateTable('seat_plans')
    .set({ seat_map_gzip: seatMapGzip })
    .where('event_id', '=', event_id)
    .execute();
  await tx
    .updateTable('events')
    .set({ seat_map_version: version, updated_at: NOW })
    .where('event_id', '=', event_id)
    .execute();
}

/** The plan as gzipped JSON; null when there is no such event. */
export async function findPlanGzip(db: DbOrTx, eventId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('seat_plans')
    .select('plan_gzip')
    .where('event_id', '=', toBytes(eventId))
    .executeTakeFirst();
  return row?.plan_gzip ?? null;
}

/** The public seat map as gzipped JSON; null when there is no such event. */
export async function findSeatMapGzip(db: DbOrTx, eventId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('seat_plans')
    .select('seat_map_gzip')
    .where('event_id', '=', toBytes(eventId))
    .executeTakeFirst();
  return row?.seat_map_gzip ?? null;
}

async function insertTiers(tx: Tx, event_id: Buffer, tiers: readonly Tier[]): Promise<void> {
  await tx
    .insertInto('event_tiers')
    .values(
      tiers.map((tier) => ({
        event_id,
        tier_id: tier.id,
        tier_name: tier.name,
        color: tier.color,
        price_amount: tier.priceAmount,
      })),
    )
    .execute();
}

async function insertSeats(tx: Tx, event_id: Buffer, seats: readonly NumberedSeat[]): Promise<void> {
  await tx
    .insertInto('event_seats')
    .values(
      seats.map((seat) => ({
        event_id,
        event_seat_id: seat.seatId,
        section_id: seat.sectionId,
        tier_id: seat.tierId,
        row_no: seat.rowNo,
        row_position: seat.rowPosition,
        seat_rank: seat.rank,
        row_label: seat.rowLabel,
        seat_label: seat.seatLabel,
        seat_guid: seat.guid,
      })),
    )
    .execute();
}
