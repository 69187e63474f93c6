import assert from 'node:assert/strict';
import { type RawBuilder, sql } from 'kysely';
import type { EventSeatsTable, SeatStatus } from '../../db/schema.ts';
import { type SeatId, newId, toBytes } from '../platform/id.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { type DbOrTx, type Tx, nowPlusMs } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import { BLOCKED_HOLD_ID, type ShownStatus } from './seat.ts';

/** Seats per statement where a whole event may be written at once. */
const ROWS_PER_STATEMENT = 1_000;
/** Seats that are taken again for a late payment are booked in the same transaction. */
const RETAKEN_FOR_MS = 60_000;

export type SeatLogEntry = {
  readonly eventId: string;
  readonly seatIds: readonly SeatId[];
  readonly from: SeatStatus;
  readonly to: SeatStatus;
  readonly holdId: string | null;
  readonly userId: string | null;
  readonly reason: string;
};

/** Turns seats that the hold has locked into sold ones: all of them, or none and null. `otherSeatIds`: what else it has locked. */
export async function bookSeats(
  tx: Tx,
  sale: { eventId: string; holdId: string; userId: string; seatIds: readonly SeatId[] },
): Promise<{ otherSeatIds: readonly SeatId[] } | null> {
  const { eventId, holdId } = sale;
  const locked = await lockedSeats(tx, { eventId, holdId }).forUpdate().execute();
  const sold = new Set(sale.seatIds);
  const otherSeatIds = locked.map((seat) => seat.event_seat_id).filter((seatId) => !sold.has(seatId));
  if (locked.length - otherSeatIds.length !== sold.size) return null;
  const result = await tx
    .updateTable('event_seats')
    .set({ status: 'booked', lock_kind: null, lock_expire: null })
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', [...sale.seatIds])
    .where('hold_id', '=', toBytes(holdId))
    .where('status', '=', 'locked')
    .executeTakeFirst();
  assert.equal(
    Number(result.numUpdatedRows),
    sale.seatIds.length,
    'seats that this transaction has locked changed',
  );
  await appendSeatLog(tx, [{ ...sale, from: 'locked', to: 'booked', reason: 'paid' }]);
  return { otherSeatIds };
}

/** Frees the seats that the hold has locked, all or the named ones, and returns which those were. */
export async function releaseSeats(
  tx: Tx,
  release: { eventId: string; holdId: string; userId?: string; seatIds?: readonly SeatId[]; reason: string },
): Promise<SeatId[]> {
  const seats = await lockedSeats(tx, release).forUpdate().execute();
  const seatIds = seats.map((seat) => seat.event_seat_id);
  if (seatIds.length === 0) return [];
  await tx
    .updateTable('event_seats')
    .set(FREED)
    .where('event_id', '=', toBytes(release.eventId))
    .where('event_seat_id', 'in', seatIds)
    .where('hold_id', '=', toBytes(release.holdId))
    .where('status', '=', 'locked')
    .execute();
  await appendSeatLog(tx, [
    {
      eventId: release.eventId,
      seatIds,
      from: 'locked',
      to: 'available',
      holdId: release.holdId,
      userId: release.userId ?? null,
      reason: release.reason,
    },
  ]);
  return seatIds;
}

/**
 * For money that came late: takes the seats for the hold again if every one of them is free or still the hold's.
 * All or nothing: false, and nothing changed, when any of them is another's.
 */
export async function retakeSeats(
  tx: Tx,
  retake: { eventId: string; holdId: string; userId: string; seatIds: readonly SeatId[] },
): Promise<boolean> {
  const rows = await tx
    .selectFrom('event_seats')
    .select(['event_seat_id', 'status', 'hold_id'])
    .where('event_id', '=', toBytes(retake.eventId))
    .where('event_seat_id', 'in', [...retake.seatIds])
    .orderBy('event_seat_id')
    .forUpdate()
    .execute();
  const holdId = toBytes(retake.holdId);
  const isOurs = (row: (typeof rows)[number]) =>
    row.status === 'locked' && row.hold_id?.equals(holdId) === true;
  if (rows.length !== retake.seatIds.length) return false;
  if (!rows.every((row) => row.status === 'available' || isOurs(row))) return false;
  const free = rows.filter((row) => !isOurs(row)).map((row) => row.event_seat_id);
  if (free.length === 0) return true;
  await tx
    .updateTable('event_seats')
    .set({
      status: 'locked',
      lock_kind: 'checkout',
      hold_id: holdId,
      locked_user_id: toBytes(retake.userId),
      lock_expire: nowPlusMs(RETAKEN_FOR_MS),
    })
    .where('event_id', '=', toBytes(retake.eventId))
    .where('event_seat_id', 'in', free)
    .where('status', '=', 'available')
    .execute();
  await appendSeatLog(tx, [
    { ...retake, seatIds: free, from: 'available', to: 'locked', reason: 'paid_late' },
  ]);
  return true;
}

/** Moves the expiry, and the kind, of all the locks of a hold. */
export async function extendSeatLocks(
  tx: Tx,
  lock: { eventId: string; holdId: string; expiresAt: Date; lockKind: EventSeatsTable['lock_kind'] },
): Promise<number> {
  const result = await tx
    .updateTable('event_seats')
    .set({ lock_expire: lock.expiresAt, lock_kind: lock.lockKind })
    .where('event_id', '=', toBytes(lock.eventId))
    .where('hold_id', '=', toBytes(lock.holdId))
    .where('status', '=', 'locked')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Puts a cancelled booking's seat back on sale; false when it is not that hold's sold seat any more. */
export async function freeBookedSeat(
  tx: Tx,
  seat: { eventId: string; seatId: SeatId; holdId: string; userId: string | null; reason: string },
): Promise<boolean> {
  const result = await tx
    .updateTable('event_seats')
    .set(FREED)
    .where('event_id', '=', toBytes(seat.eventId))
    .where('event_seat_id', '=', seat.seatId)
    .where('hold_id', '=', toBytes(seat.holdId))
    .where('status', '=', 'booked')
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) return false;
  await appendSeatLog(tx, [{ ...seat, seatIds: [seat.seatId], from: 'booked', to: 'available' }]);
  return true;
}

/** The seats that a hold has, in order. */
export async function listSeatsOfHold(
  db: DbOrTx,
  hold: { eventId: string; holdId: string },
): Promise<{ seatId: SeatId; status: SeatStatus }[]> {
  const rows = await db
    .selectFrom('event_seats')
    .select(['event_seat_id', 'status'])
    .where('event_id', '=', toBytes(hold.eventId))
    .where('hold_id', '=', toBytes(hold.holdId))
    .orderBy('event_seat_id')
    .execute();
  return rows.map((row) => ({ seatId: row.event_seat_id, status: row.status }));
}

/** Every seat of an event that is not available. Answered from an index alone. */
export async function listTakenSeats(
  db: DbOrTx,
  eventId: string,
): Promise<{ seatId: SeatId; status: ShownStatus }[]> {
  const rows = await db
    .selectFrom('event_seats')
    .select(['event_seat_id', 'status', sql<number>`hold_id = ${toBytes(BLOCKED_HOLD_ID)}`.as('is_blocked')])
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'is not', null)
    .execute();
  return rows.map((row) => ({
    seatId: row.event_seat_id,
    status: row.is_blocked ? 'blocked' : row.status,
  }));
}

/** Appends to the seats' story. Every change of a seat's state is told here, in the transaction that makes it. */
export async function appendSeatLog(tx: Tx, entries: readonly SeatLogEntry[]): Promise<void> {
  for (const statement of seatLogInserts(entries)) await statement.execute(tx);
}

/** The statements that append to the seats' story. */
export function seatLogInserts(entries: readonly SeatLogEntry[]): RawBuilder<unknown>[] {
  const rows = entries.flatMap(({ seatIds, ...entry }) =>
    seatIds.map((seat) => ({ ...entry, seat, log: newId() })),
  );
  return [...piecesOf(rows, ROWS_PER_STATEMENT)].map((piece) => {
    const { table, of } = jsonRows('entry', LOG_COLUMNS, piece);
    return sql`
      INSERT INTO seat_log (event_id, event_seat_id, log_id, from_status, to_status, hold_id, user_id, reason, created_at)
      SELECT ${of('eventId')}, ${of('seat')}, ${of('log')}, ${of('from')}, ${of('to')}, ${of('holdId')}, ${of('userId')}, ${of('reason')},
        UTC_TIMESTAMP(3)
      FROM ${table}
    `;
  });
}

const LOG_COLUMNS = {
  eventId: 'id',
  seat: 'int',
  log: 'id',
  from: 'text',
  to: 'text',
  holdId: 'id',
  userId: 'id',
  reason: 'text',
} as const;

export const FREED = {
  status: 'available',
  lock_kind: null,
  locked_user_id: null,
  lock_expire: null,
  hold_id: null,
} as const;

function lockedSeats(
  tx: Tx,
  { eventId, holdId, seatIds }: { eventId: string; holdId: string; seatIds?: readonly SeatId[] },
) {
  const all = tx
    .selectFrom('event_seats')
    .select('event_seat_id')
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', '=', toBytes(holdId))
    .where('status', '=', 'locked')
    .orderBy('event_seat_id');
  return seatIds === undefined ? all : all.where('event_seat_id', 'in', [...seatIds]);
}
