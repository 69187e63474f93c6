import { sql } from 'kysely';
import { type SeatId, toBytes } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import { BLOCKED_HOLD_ID } from './seat.ts';
import { FREED, appendSeatLog } from './seat-store.ts';

/** A lock must have an expiry; this one never comes. */
const NEVER = sql<Date>`'9999-12-31 00:00:00'`;

export type Blocking = { eventId: string; userId: string; seatIds: readonly SeatId[] };
export type BlockOutcome =
  /** Which of the seats were free until now; the others were blocked before. */
  | { readonly outcome: 'blocked'; readonly seatIds: readonly SeatId[] }
  /** Nothing changed: these are someone's, or the event has no such seats. */
  | { readonly outcome: 'taken' | 'unknown'; readonly seatIds: readonly SeatId[] };

/**
 * Takes free seats off sale: all of them, or none when one is someone's. A claim that is decided at the same time waits
 * for the rows, and is then refused; one that was decided before makes its seat `taken` here.
 */
export async function blockSeats(tx: Tx, { eventId, userId, seatIds }: Blocking): Promise<BlockOutcome> {
  const rows = await lockRows(tx, eventId, seatIds);
  const known = new Set(rows.map((row) => row.event_seat_id));
  const unknown = seatIds.filter((seatId) => !known.has(seatId));
  if (unknown.length > 0) return { outcome: 'unknown', seatIds: unknown };
  const taken = rows.filter((row) => row.status !== 'available' && row.lock_kind !== 'blocked');
  if (taken.length > 0) return { outcome: 'taken', seatIds: taken.map((row) => row.event_seat_id) };
  const free = rows.filter((row) => row.status === 'available').map((row) => row.event_seat_id);
  if (free.length === 0) return { outcome: 'blocked', seatIds: [] };
  await tx
    .updateTable('event_seats')
    .set({
      status: 'locked',
      lock_kind: 'blocked',
      hold_id: toBytes(BLOCKED_HOLD_ID),
      locked_user_id: toBytes(userId),
      lock_expire: NEVER,
    })
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', free)
    .where('status', '=', 'available')
    .execute();
  await appendSeatLog(tx, [
    { eventId, seatIds: free, from: 'available', to: 'locked', holdId: null, userId, reason: 'blocked' },
  ]);
  return { outcome: 'blocked', seatIds: free };
}

/** Puts blocked seats back on sale and returns which of the given they were; seats that aren't blocked stay as they are. */
export async function unblockSeats(tx: Tx, { eventId, userId, seatIds }: Blocking): Promise<SeatId[]> {
  const rows = await lockRows(tx, eventId, seatIds);
  const blocked = rows.filter((row) => row.lock_kind === 'blocked').map((row) => row.event_seat_id);
  if (blocked.length === 0) return [];
  await tx
    .updateTable('event_seats')
    .set(FREED)
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', blocked)
    .where('status', '=', 'locked')
    .where('lock_kind', '=', 'blocked')
    .execute();
  await appendSeatLog(tx, [
    { eventId, seatIds: blocked, from: 'locked', to: 'available', holdId: null, userId, reason: 'unblocked' },
  ]);
  return blocked;
}

async function lockRows(tx: Tx, eventId: string, seatIds: readonly SeatId[]) {
  return await tx
    .selectFrom('event_seats')
    .select(['event_seat_id', 'status', 'lock_kind'])
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', [...seatIds])
    .orderBy('event_seat_id')
    .forUpdate()
    .execute();
}
