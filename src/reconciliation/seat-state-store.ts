import { sql } from 'kysely';
import type { HoldStatus } from '../../db/schema.ts';
import { type SeatId, UUID_PATTERN, fromBytes, toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { LockedSeat, TakenSeats } from './compare-seats.ts';

const IDS_PER_QUERY_MAX = 1_000;

/** An event whose Redis keys matter, because its seats are sold, or soon will be, or somebody holds some. */
export type WatchedEvent = {
  readonly eventId: string;
  /** Seat ids are 1..seatCount. */
  readonly seatCount: number;
  /** null: the configured default. */
  readonly holdTtlMs: number | null;
};

/** In order of their ids. An event stays watched for a day after its sale, for money and buyers that come late. */
export async function listWatchedEvents(db: DbOrTx): Promise<WatchedEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(['event_id', 'seat_count', 'hold_ttl_seconds'])
    .where('seat_count', '>', 0)
    .where(
      sql<boolean>`(
        (status <> 'draft' AND COALESCE(sale_closes_at, event_date) > UTC_TIMESTAMP(3) - INTERVAL 1 DAY)
        OR EXISTS (SELECT 1 FROM holds WHERE holds.event_id = events.event_id AND holds.status IN ('queued', 'held', 'checkout'))
      )`,
    )
    .orderBy('event_id')
    .execute();
  return rows.map((row) => ({
    eventId: fromBytes(row.event_id),
    seatCount: row.seat_count,
    holdTtlMs: row.hold_ttl_seconds === null ? null : row.hold_ttl_seconds * 1_000,
  }));
}

/** Every seat that is not available, as of one moment: one statement. */
export async function readTakenSeats(db: DbOrTx, eventId: string): Promise<TakenSeats> {
  const rows = await db
    .selectFrom('event_seats as seat')
    .leftJoin('holds', (join) =>
      join
        .onRef('holds.event_id', '=', 'seat.event_id')
        .onRef('holds.hold_id', '=', 'seat.hold_id')
        .on('seat.status', '=', 'locked'),
    )
    .select([
      'seat.event_seat_id',
      'seat.status',
      'seat.hold_id',
      'seat.lock_kind',
      'seat.locked_user_id',
      'holds.open_slot',
      sql<number>`TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), seat.lock_expire) DIV 1000`.as('left_ms'),
    ])
    .where('seat.event_id', '=', toBytes(eventId))
    .where('seat.hold_id', 'is not', null)
    .execute();
  const booked = new Set<SeatId>();
  const locked = new Map<SeatId, LockedSeat>();
  for (const row of rows) {
    if (row.status === 'booked' || row.lock_kind === 'blocked') {
      booked.add(row.event_seat_id);
      continue;
    }
    if (row.hold_id === null) continue;
    locked.set(row.event_seat_id, {
      holdId: fromBytes(row.hold_id),
      userId: row.locked_user_id === null ? '' : fromBytes(row.locked_user_id),
      isHoldOpen: row.open_slot === 1,
      isCheckout: row.lock_kind === 'checkout',
      leftMs: row.left_ms,
    });
  }
  return { booked, locked };
}

/** What became of the holds that the tokens name; those that MySQL does not know are left out. */
export async function listHoldStatuses(
  db: DbOrTx,
  eventId: string,
  tokens: readonly string[],
): Promise<Map<string, HoldStatus>> {
  const statuses = new Map<string, HoldStatus>();
  const ids = tokens.filter((token) => UUID_PATTERN.test(token));
  for (const piece of piecesOf(ids, IDS_PER_QUERY_MAX)) {
    const rows = await db
      .selectFrom('holds')
      .select(['hold_id', 'status'])
      .where('event_id', '=', toBytes(eventId))
      .where('hold_id', 'in', piece.map(toBytes))
      .execute();
    for (const row of rows) statuses.set(fromBytes(row.hold_id), row.status);
  }
  return statuses;
}
