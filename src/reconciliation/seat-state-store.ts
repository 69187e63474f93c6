import { sql } from 'kysely';
import { type SeatId, UUID_PATTERN, fromBytes, toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import { BLOCKED_HOLD_ID } from '../seats/seat.ts';
import { BOOKED_MARKER } from '../seats/seat-keys.ts';

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

/** Every seat that is not available, as of one moment. Answered from an index alone. */
export async function readTakenSeats(db: DbOrTx, eventId: string): Promise<Map<SeatId, string>> {
  const rows = await db
    .selectFrom('event_seats')
    .select('event_seat_id')
    .select(
      sql<Buffer | null>`IF(status = 'booked' OR hold_id = ${toBytes(BLOCKED_HOLD_ID)}, NULL, hold_id)`.as(
        'locked_by',
      ),
    )
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'is not', null)
    .execute();
  return new Map(
    rows.map((row) => [row.event_seat_id, row.locked_by === null ? BOOKED_MARKER : fromBytes(row.locked_by)]),
  );
}

/** An open hold's seats among those that were asked for. */
export type HeldSeats = {
  readonly holdId: string;
  readonly userId: string;
  readonly seatIds: readonly SeatId[];
  readonly isCheckout: boolean;
  /** Until the locks run out; negative when they have. */
  readonly leftMs: number;
};

/** Which open holds have the seats now. */
export async function listHoldsOfSeats(
  db: DbOrTx,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<HeldSeats[]> {
  const held: HeldSeats[] = [];
  for (const piece of piecesOf(seatIds, IDS_PER_QUERY_MAX)) {
    const rows = await db
      .selectFrom('event_seats as seat')
      .innerJoin('holds', (join) =>
        join.onRef('holds.event_id', '=', 'seat.event_id').onRef('holds.hold_id', '=', 'seat.hold_id'),
      )
      .select([
        'seat.event_seat_id',
        'seat.lock_kind',
        'holds.hold_id',
        'holds.user_id',
        sql<number>`TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), seat.lock_expire) DIV 1000`.as('left_ms'),
      ])
      .where('seat.event_id', '=', toBytes(eventId))
      .where('seat.event_seat_id', 'in', [...piece])
      .where('seat.status', '=', 'locked')
      .where('holds.open_slot', '=', 1)
      .execute();
    for (const [holdId, seats] of Map.groupBy(rows, (row) => fromBytes(row.hold_id))) {
      const [first] = seats;
      if (first === undefined) continue;
      held.push({
        holdId,
        userId: fromBytes(first.user_id),
        seatIds: seats.map((seat) => seat.event_seat_id),
        isCheckout: first.lock_kind === 'checkout',
        leftMs: first.left_ms,
      });
    }
  }
  return held;
}

/** Every open hold of the event that has time left, or is being paid for. */
export async function listOpenHolds(db: DbOrTx, eventId: string): Promise<Omit<HeldSeats, 'seatIds'>[]> {
  const rows = await db
    .selectFrom('holds')
    .select([
      'hold_id',
      'user_id',
      'status',
      sql<number>`TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), expires_at) DIV 1000`.as('left_ms'),
    ])
    .where('event_id', '=', toBytes(eventId))
    .where((row) =>
      row.or([
        row('status', '=', 'checkout'),
        row.and([row('status', 'in', ['queued', 'held']), row('expires_at', '>', NOW)]),
      ]),
    )
    .execute();
  return rows.map((row) => ({
    holdId: fromBytes(row.hold_id),
    userId: fromBytes(row.user_id),
    isCheckout: row.status === 'checkout',
    leftMs: row.left_ms,
  }));
}

/** Holds that have seats locked although they are over, or not there at all. */
export async function listOrphaningHolds(
  db: DbOrTx,
  eventId: string,
): Promise<{ holdId: string; userId: string }[]> {
  const { rows } = await sql<{ hold_id: Buffer; user_id: Buffer | null }>`
    SELECT seat.hold_id, MIN(seat.locked_user_id) AS user_id
    FROM event_seats AS seat FORCE INDEX (by_hold)
    LEFT JOIN holds ON holds.event_id = seat.event_id AND holds.hold_id = seat.hold_id AND holds.open_slot = 1
    WHERE seat.event_id = ${toBytes(eventId)} AND seat.hold_id IS NOT NULL AND seat.hold_id <> ${toBytes(BLOCKED_HOLD_ID)}
      AND seat.status = 'locked' AND holds.hold_id IS NULL
    GROUP BY seat.hold_id
  `.execute(db);
  return rows.map((row) => ({
    holdId: fromBytes(row.hold_id),
    userId: row.user_id === null ? '' : fromBytes(row.user_id),
  }));
}

/** Those of the holds that the tokens name which MySQL knows to be over. */
export async function listEndedHolds(
  db: DbOrTx,
  eventId: string,
  tokens: readonly string[],
): Promise<Set<string>> {
  const ended = new Set<string>();
  const ids = tokens.filter((token) => UUID_PATTERN.test(token));
  for (const piece of piecesOf(ids, IDS_PER_QUERY_MAX)) {
    const rows = await db
      .selectFrom('holds')
      .select('hold_id')
      .where('event_id', '=', toBytes(eventId))
      .where('hold_id', 'in', piece.map(toBytes))
      .where('open_slot', 'is', null)
      .execute();
    for (const row of rows) ended.add(fromBytes(row.hold_id));
  }
  return ended;
}
