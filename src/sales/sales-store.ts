import { sql } from 'kysely';
import { toBytes } from '../platform/id.ts';
import type { Db, DbOrTx } from '../platform/mysql.ts';

/** What a seat is to its organiser. `held`: in a cart; `checkout`: being paid for. */
export const SEAT_STATES = ['free', 'held', 'checkout', 'sold', 'blocked'] as const;
export type SeatState = (typeof SEAT_STATES)[number];
export type SeatCounts = Readonly<Record<SeatState, number>>;

/** Runs reads that all see the database as of one moment, so that what they say adds up. */
export async function atOneMoment<Result>(db: Db, read: (tx: DbOrTx) => Promise<Result>): Promise<Result> {
  return await db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}

/** How many seats of each tier are in each state: one pass over the event's seats. */
export async function countSeats(db: DbOrTx, eventId: string): Promise<Map<number, SeatCounts>> {
  const { rows } = await sql<{ tier_id: number; state: string; seats: number | string }>`
    SELECT tier_id, CASE status WHEN 'locked' THEN lock_kind ELSE status END AS state, COUNT(*) AS seats
    FROM event_seats WHERE event_id = ${toBytes(eventId)}
    GROUP BY tier_id, CASE status WHEN 'locked' THEN lock_kind ELSE status END
  `.execute(db);
  const byTier = new Map<number, Record<SeatState, number>>();
  for (const row of rows) {
    const counts = byTier.get(row.tier_id) ?? { free: 0, held: 0, checkout: 0, sold: 0, blocked: 0 };
    counts[STATES[row.state] ?? 'held'] += Number(row.seats);
    byTier.set(row.tier_id, counts);
  }
  return byTier;
}

const STATES: Readonly<Record<string, SeatState | undefined>> = {
  available: 'free',
  hold: 'held',
  checkout: 'checkout',
  blocked: 'blocked',
  booked: 'sold',
};

/** What the confirmed bookings of each tier are worth, in minor units. */
export async function sumBooked(db: DbOrTx, eventId: string): Promise<Map<number, number>> {
  const { rows } = await sql<{ tier_id: number; amount: string }>`
    SELECT seat.tier_id, SUM(booking.amount) AS amount
    FROM bookings AS booking
    JOIN event_seats AS seat ON seat.event_id = booking.event_id AND seat.event_seat_id = booking.event_seat_id
    WHERE booking.event_id = ${toBytes(eventId)} AND booking.status = 'confirmed'
    GROUP BY seat.tier_id
  `.execute(db);
  return new Map(rows.map((row) => [row.tier_id, Number(row.amount)]));
}

/** The money that came in and the money that went back, in minor units. */
export async function sumPayments(db: DbOrTx, eventId: string): Promise<{ gross: number; refunded: number }> {
  const { rows } = await sql<{ gross: string | null; refunded: string | null }>`
    SELECT SUM(captured_amount) AS gross, SUM(refunded_amount) AS refunded
    FROM payments WHERE event_id = ${toBytes(eventId)}
  `.execute(db);
  return { gross: Number(rows[0]?.gross ?? 0), refunded: Number(rows[0]?.refunded ?? 0) };
}

/**
 * Claims that MySQL decided on since a moment: those that opened a hold, and the others. Ids sort by time, so these are
 * ranges at the end of the event's keys.
 */
export async function countClaims(
  db: DbOrTx,
  eventId: string,
  sinceMs: number,
): Promise<{ held: number; rejected: number }> {
  const [event, first] = [toBytes(eventId), firstIdAt(sinceMs)];
  const { rows } = await sql<{ opened: number; joined: string | null; rejected: string | null }>`
    SELECT
      (SELECT COUNT(*) FROM holds WHERE event_id = ${event} AND hold_id >= ${first} AND opened_with IS NOT NULL) AS opened,
      SUM(outcome = 'held') AS joined, SUM(outcome = 'rejected' AND reason <> 'released') AS rejected
    FROM hold_claims WHERE event_id = ${event} AND claim_id >= ${first}
  `.execute(db);
  const [row] = rows;
  return { held: (row?.opened ?? 0) + Number(row?.joined ?? 0), rejected: Number(row?.rejected ?? 0) };
}

/** Seats that were sold since a moment and still are; the same kind of range. */
export async function countBookedSince(db: DbOrTx, eventId: string, sinceMs: number): Promise<number> {
  const { rows } = await sql<{ booked: number | string }>`
    SELECT COUNT(*) AS booked FROM bookings
    WHERE event_id = ${toBytes(eventId)} AND booking_id >= ${firstIdAt(sinceMs)} AND status = 'confirmed'
  `.execute(db);
  return Number(rows[0]?.booked ?? 0);
}

/** What changed within one step of time; `step` counts from the moment that was asked for. */
export type SeatsDelta = { readonly step: number; readonly held: number; readonly sold: number };
export type MoneyDelta = { readonly step: number; readonly amount: number };
type Steps = { readonly eventId: string; readonly from: Date; readonly stepSeconds: number };

/** By how many the held and the sold seats grew in each step since `from`, from the seats' story. */
export async function listSeatDeltas(
  db: DbOrTx,
  { eventId, from, stepSeconds }: Steps,
): Promise<SeatsDelta[]> {
  const step = sql`TIMESTAMPDIFF(SECOND, ${from}, created_at) DIV ${sql.lit(stepSeconds)}`;
  const { rows } = await sql<{ step: number | string; held: string; sold: string }>`
    SELECT ${step} AS step,
      SUM(CASE WHEN reason IN ('blocked', 'unblocked') THEN 0 ELSE (to_status = 'locked') - (from_status = 'locked') END) AS held,
      SUM((to_status = 'booked') - (from_status = 'booked')) AS sold
    FROM seat_log WHERE event_id = ${toBytes(eventId)} AND created_at >= ${from}
    GROUP BY 1 ORDER BY 1
  `.execute(db);
  return rows.map((row) => ({ step: Number(row.step), held: Number(row.held), sold: Number(row.sold) }));
}

/** By how much the worth of the confirmed bookings grew in each step since `from`. */
export async function listMoneyDeltas(
  db: DbOrTx,
  { eventId, from, stepSeconds }: Steps,
): Promise<MoneyDelta[]> {
  const stepOf = (moment: string) =>
    sql`TIMESTAMPDIFF(SECOND, ${from}, ${sql.ref(moment)}) DIV ${sql.lit(stepSeconds)}`;
  const { rows } = await sql<{ step: number | string; amount: string }>`
    SELECT step, SUM(amount) AS amount FROM (
      SELECT ${stepOf('confirmed_at')} AS step, CAST(amount AS SIGNED) AS amount FROM bookings
      WHERE event_id = ${toBytes(eventId)} AND status <> 'transferred' AND confirmed_at >= ${from}
      UNION ALL
      SELECT ${stepOf('cancelled_at')}, -CAST(amount AS SIGNED) FROM bookings
      WHERE event_id = ${toBytes(eventId)} AND status = 'cancelled' AND cancelled_at >= ${from}
    ) AS changes GROUP BY step ORDER BY step
  `.execute(db);
  return rows.map((row) => ({ step: Number(row.step), amount: Number(row.amount) }));
}

/** The least UUIDv7 of a millisecond: what was made from then on has a greater one. */
function firstIdAt(ms: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(ms)), 0, 6);
  return bytes;
}
