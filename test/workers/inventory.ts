import { sql } from 'kysely';
import type { HoldStatus } from '../../db/schema.ts';
import { fromBytes, newId, toBytes } from '../../src/platform/id.ts';
import type { Db } from '../../src/platform/mysql.ts';
import type { Resources } from '../../src/resources.ts';
import { readLocks, setLocks } from '../../src/seats/seat-locks.ts';

/** Seats and holds put straight into the stores, for states that buyers would need minutes to bring about. */
export type PlantedHold = {
  readonly holdId: string;
  readonly userId: string;
  readonly seatIds: readonly number[];
};

const ROWS_PER_STATEMENT = 1_000;

/** Holds in MySQL with their locked seats: one for each list of seats. `expiresInMs` may be negative: overdue. */
export async function plantHolds(
  db: Db,
  eventId: string,
  seatLists: readonly (readonly number[])[],
  options: { expiresInMs: number; status?: HoldStatus },
): Promise<PlantedHold[]> {
  const holds = seatLists.map((seatIds) => ({ holdId: newId(), userId: newId(), seatIds }));
  const status = options.status ?? 'held';
  const expiresAt = sql<Date>`UTC_TIMESTAMP(3) + INTERVAL ${sql.lit(Math.round(options.expiresInMs * 1000))} MICROSECOND`;
  const event = toBytes(eventId);
  for (let from = 0; from < holds.length; from += ROWS_PER_STATEMENT) {
    const chunk = holds.slice(from, from + ROWS_PER_STATEMENT);
    await db
      .insertInto('holds')
      .values(
        chunk.map(({ holdId, userId }) => ({
          event_id: event,
          hold_id: toBytes(holdId),
          user_id: toBytes(userId),
          status,
          expires_at: expiresAt,
          extends_until: expiresAt,
          created_at: sql<Date>`UTC_TIMESTAMP(3)`,
          updated_at: sql<Date>`UTC_TIMESTAMP(3)`,
        })),
      )
      .execute();
    const rows = chunk.flatMap(({ holdId, userId, seatIds }) =>
      seatIds.map(
        (seatId) =>
          sql`SELECT ${seatId} AS seat_id, ${toBytes(holdId)} AS hold_id, ${toBytes(userId)} AS user_id`,
      ),
    );
    await sql`
      UPDATE event_seats AS seat JOIN (${sql.join(rows, sql` UNION ALL `)}) AS planted
        ON seat.event_id = ${event} AND seat.event_seat_id = planted.seat_id
      SET seat.status = 'locked', seat.lock_kind = ${status === 'checkout' ? 'checkout' : 'hold'}, seat.hold_id = planted.hold_id,
          seat.locked_user_id = planted.user_id, seat.lock_expire = ${expiresAt}
    `.execute(db);
  }
  return holds;
}

/** Sold seats in MySQL: holds that are booked, with a confirmed booking, free of charge, for each of their seats. */
export async function plantBookings(
  db: Db,
  eventId: string,
  seatLists: readonly (readonly number[])[],
): Promise<PlantedHold[]> {
  const holds = await plantHolds(db, eventId, seatLists, { expiresInMs: 60_000 });
  const event = toBytes(eventId);
  for (let from = 0; from < holds.length; from += ROWS_PER_STATEMENT) {
    const chunk = holds.slice(from, from + ROWS_PER_STATEMENT);
    const holdIds = chunk.map(({ holdId }) => toBytes(holdId));
    await db
      .insertInto('bookings')
      .values(
        chunk.flatMap(({ holdId, userId, seatIds }) =>
          seatIds.map((seatId) => ({
            event_id: event,
            booking_id: toBytes(newId()),
            event_seat_id: seatId,
            user_id: toBytes(userId),
            hold_id: toBytes(holdId),
            status: 'confirmed' as const,
            amount: 0,
            currency: 'EUR',
            confirmed_at: sql<Date>`UTC_TIMESTAMP(3)`,
          })),
        ),
      )
      .execute();
    await db
      .updateTable('holds')
      .set({ status: 'booked' })
      .where('event_id', '=', event)
      .where('hold_id', 'in', holdIds)
      .execute();
    await db
      .updateTable('event_seats')
      .set({ status: 'booked', lock_kind: null, lock_expire: null })
      .where('event_id', '=', event)
      .where('hold_id', 'in', holdIds)
      .execute();
  }
  return holds;
}

/** The same holds' locks in Redis. */
export async function plantLocks(
  { redis }: Resources,
  eventId: string,
  holds: readonly PlantedHold[],
  ttlMs: number,
): Promise<void> {
  await Promise.all(holds.map((hold) => setLocks(redis, { eventId, ...hold, ttlMs })));
}

/** What both stores say of the seats 1..count: `MySQL status:hold` and Redis's token. */
export async function readSeats(
  { db, redis }: Resources,
  eventId: string,
  count: number,
): Promise<{ status: string; holdId: string | null; token: string | null }[]> {
  const rows = await db
    .selectFrom('event_seats')
    .select(['status', 'hold_id'])
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', '<=', count)
    .orderBy('event_seat_id')
    .execute();
  const tokens = await readLocks(
    redis,
    eventId,
    Array.from({ length: count }, (_, index) => index + 1),
  );
  return rows.map((row, index) => ({
    status: row.status,
    holdId: row.hold_id === null ? null : fromBytes(row.hold_id),
    token: tokens[index] ?? null,
  }));
}

export async function statusOfHold(db: Db, holdId: string): Promise<HoldStatus | undefined> {
  const row = await db
    .selectFrom('holds')
    .select('status')
    .where('hold_id', '=', toBytes(holdId))
    .executeTakeFirst();
  return row?.status;
}
