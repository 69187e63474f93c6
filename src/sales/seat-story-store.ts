import type { SeatStatus } from '../../db/schema.ts';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';
import { namedSeats, toNamedSeat } from '../seats/named-seat-store.ts';

const ENTRIES_MAX = 500;

export type SeatLogRow = {
  readonly at: Date;
  readonly from: SeatStatus;
  readonly to: SeatStatus;
  readonly reason: string;
  readonly holdId: string | null;
  /** Who did it, or for whom it was done. */
  readonly by: { id: string; name: string | null; email: string | null; isGuest: boolean } | null;
};

/** Where a seat is and how it stands now; null when the event has no such seat. */
export async function findSeat(db: DbOrTx, eventId: string, seatId: SeatId) {
  const row = await db
    .selectFrom(namedSeats(db))
    .selectAll()
    .where('seat.event_id', '=', toBytes(eventId))
    .where('seat.event_seat_id', '=', seatId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    seat: toNamedSeat(row),
    state: row.status === 'locked' ? LOCKED_STATES[row.lock_kind ?? 'hold'] : STATES[row.status],
  };
}

const STATES = { available: 'free', booked: 'sold' } as const;
const LOCKED_STATES = { hold: 'held', checkout: 'checkout', blocked: 'blocked' } as const;

/** What was logged of a seat, newest first: a range of the log's key, since its ids sort by time. */
export async function listSeatLog(db: DbOrTx, eventId: string, seatId: SeatId): Promise<SeatLogRow[]> {
  const rows = await db
    .selectFrom('seat_log as log')
    .leftJoin('users', 'users.user_id', 'log.user_id')
    .select([
      'log.created_at',
      'log.from_status',
      'log.to_status',
      'log.reason',
      'log.hold_id',
      'log.user_id',
      'users.user_name',
      'users.user_email',
      'users.is_guest',
    ])
    .where('log.event_id', '=', toBytes(eventId))
    .where('log.event_seat_id', '=', seatId)
    .orderBy('log.log_id', 'desc')
    .limit(ENTRIES_MAX)
    .execute();
  return rows.map((row) => ({
    at: row.created_at,
    from: row.from_status,
    to: row.to_status,
    reason: row.reason,
    holdId: row.hold_id === null ? null : fromBytes(row.hold_id),
    by:
      row.user_id === null
        ? null
        : {
            id: fromBytes(row.user_id),
            name: row.user_name,
            email: row.user_email,
            isGuest: row.is_guest === 1,
          },
  }));
}
