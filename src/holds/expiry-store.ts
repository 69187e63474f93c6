import { sql } from 'kysely';
import type { Batches } from '../platform/batches.ts';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { type DbOrTx, NOW, NotAllAlike, type Tx } from '../platform/mysql.ts';
import { FREED, appendSeatLog, seatLogInserts } from '../seats/seat-store.ts';
import { assertHoldTransition } from './hold.ts';

/** Checkout is not among them: only Stripe's word ends a hold that may be paid at this moment. */
const EXPIRES_BY_ITSELF = ['queued', 'held'] as const;

export type ExpiredHold = {
  readonly eventId: string;
  readonly holdId: string;
  readonly userId: string;
  /** What the hold still had; a seat that was taken over before is another's. */
  readonly seatIds: readonly SeatId[];
};

export type OverdueHold = ExpiredHold & {
  /** When it was last changed, ms: who adds a seat to it changes it. */
  readonly changedAtMs: number;
};

/** Holds that ran out unpaid, over all events, the longest overdue first, as they are to be ended. */
export async function listOverdueHolds(db: DbOrTx, limit: number): Promise<OverdueHold[]> {
  const { rows } = await sql<{
    event_id: Buffer;
    hold_id: Buffer;
    user_id: Buffer;
    updated_at: Date;
    event_seat_id: SeatId | null;
  }>`
    SELECT due.event_id, due.hold_id, due.user_id, due.updated_at, seat.event_seat_id
    FROM (
      SELECT holds.event_id, holds.hold_id, holds.user_id, holds.updated_at
      FROM events JOIN holds ON holds.event_id = events.event_id
      WHERE holds.status IN (${sql.join(EXPIRES_BY_ITSELF)}) AND holds.expires_at <= UTC_TIMESTAMP(3)
      ORDER BY holds.expires_at LIMIT ${limit}
    ) AS due
    LEFT JOIN event_seats AS seat FORCE INDEX (by_hold)
      ON seat.event_id = due.event_id AND seat.hold_id = due.hold_id AND seat.status = 'locked'
  `.execute(db);
  const byHold = Map.groupBy(rows, ({ hold_id }) => hold_id.toString('latin1'));
  return [...byHold.values()].flatMap((ofHold) => {
    const [first] = ofHold;
    if (first === undefined) return [];
    return {
      eventId: fromBytes(first.event_id),
      holdId: fromBytes(first.hold_id),
      userId: fromBytes(first.user_id),
      changedAtMs: first.updated_at.getTime(),
      seatIds: ofHold.flatMap(({ event_seat_id }) => event_seat_id ?? []),
    };
  });
}

/**
 * Ends holds of whatever events, as they were listed, and frees their seats, without reading them again: every statement
 * carries the whole condition, and what is not as it was listed is missing from its count: also a hold that has been
 * joined by another seat in its last moment. Locks holds first, then seats, both in the order of their keys.
 * @throws NotAllAlike when any of them is otherwise by now, and a deadlock; nothing is changed then.
 */
export async function endListedHolds(batches: Batches, listed: readonly OverdueHold[]): Promise<void> {
  assertHoldTransition(EXPIRES_BY_ITSELF, 'expired');
  const holds = listed.toSorted((a, b) => (a.eventId + a.holdId < b.eventId + b.holdId ? -1 : 1));
  const seats = holds
    .flatMap(({ eventId, holdId, seatIds }) => seatIds.map((seatId) => ({ eventId, seatId, holdId })))
    .toSorted((a, b) => (a.eventId === b.eventId ? a.seatId - b.seatId : a.eventId < b.eventId ? -1 : 1));
  const log = holds.map((hold) => ({ ...hold, from: 'locked', to: 'available', reason: 'expired' }) as const);
  const freeing = seats.length === 0 ? [] : [seatsUpdate(seats), ...seatLogInserts(log)];
  await batches.transact([holdsUpdate(holds), ...freeing], ([ended, freed]) => {
    NotAllAlike.unless(ended?.changed ?? 0, holds.length, 'overdue holds');
    if (seats.length > 0) NotAllAlike.unless(freed?.changed ?? 0, seats.length, 'seats of overdue holds');
  });
}

function holdsUpdate(holds: readonly OverdueHold[]) {
  const { table, of } = jsonRows('due', { eventId: 'id', holdId: 'id', changedAtMs: 'int' }, holds);
  return sql`
    UPDATE ${table} STRAIGHT_JOIN holds FORCE INDEX (PRIMARY)
      ON holds.event_id = ${of('eventId')} AND holds.hold_id = ${of('holdId')}
    SET holds.status = 'expired', holds.end_reason = 'expired', holds.updated_at = UTC_TIMESTAMP(3)
    WHERE holds.status IN ('queued', 'held') AND holds.expires_at <= UTC_TIMESTAMP(3)
      AND holds.updated_at = TIMESTAMP('1970-01-01') + INTERVAL ${of('changedAtMs')} * 1000 MICROSECOND
  `;
}

function seatsUpdate(seats: readonly { eventId: string; seatId: SeatId; holdId: string }[]) {
  const { table, of } = jsonRows('due', { eventId: 'id', seatId: 'int', holdId: 'id' }, seats);
  const freed = Object.entries(FREED).map(
    ([column, value]) => sql`${sql.ref(`seat.${column}`)} = ${sql.lit(value)}`,
  );
  return sql`
    UPDATE ${table} STRAIGHT_JOIN event_seats AS seat FORCE INDEX (PRIMARY)
      ON seat.event_id = ${of('eventId')} AND seat.event_seat_id = ${of('seatId')}
    SET ${sql.join(freed)}
    WHERE seat.hold_id = ${of('holdId')} AND seat.status = 'locked' AND seat.lock_kind = 'hold'
      AND seat.lock_expire <= UTC_TIMESTAMP(3)
  `;
}

/**
 * Ends those of the holds whose time is over now, and frees their seats. What was true when they were listed may not be
 * any more (extended, paid for, released, taken over), so every statement carries the whole condition, on rows that are
 * locked: holds first, then seats by id.
 */
export async function expireDueHolds(
  tx: Tx,
  eventId: string,
  holdIds: readonly string[],
): Promise<ExpiredHold[]> {
  const due = await lockDueHolds(tx, eventId, holdIds);
  if (due.length === 0) return [];
  const dueIds = due.map((hold) => hold.hold_id);
  assertHoldTransition(EXPIRES_BY_ITSELF, 'expired');
  await tx
    .updateTable('holds')
    .set({ status: 'expired', end_reason: 'expired', updated_at: NOW })
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'in', dueIds)
    .where('status', 'in', EXPIRES_BY_ITSELF)
    .where('expires_at', '<=', NOW)
    .execute();
  const seats = await freeDueSeats(tx, eventId, dueIds);
  const expired = due.map((hold) => ({
    eventId,
    holdId: fromBytes(hold.hold_id),
    userId: fromBytes(hold.user_id),
    seatIds: seats.get(fromBytes(hold.hold_id)) ?? [],
  }));
  await appendSeatLog(
    tx,
    expired.map((hold) => ({ ...hold, from: 'locked', to: 'available', reason: 'expired' })),
  );
  return expired;
}

async function lockDueHolds(tx: Tx, eventId: string, holdIds: readonly string[]) {
  return tx
    .selectFrom('holds')
    .select(['hold_id', 'user_id'])
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'in', holdIds.map(toBytes))
    .where('status', 'in', EXPIRES_BY_ITSELF)
    .where('expires_at', '<=', NOW)
    .orderBy('hold_id')
    .forUpdate()
    .execute();
}

/** Finds the seats by the index on holds without locking, then locks them by primary key, and so in order of their ids. */
async function freeDueSeats(
  tx: Tx,
  eventId: string,
  holdIds: readonly Buffer[],
): Promise<Map<string, SeatId[]>> {
  const candidates = await tx
    .selectFrom('event_seats')
    .select('event_seat_id')
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'in', [...holdIds])
    .where('status', '=', 'locked')
    .execute();
  if (candidates.length === 0) return new Map();
  const rows = await tx
    .selectFrom('event_seats')
    .select(['event_seat_id', 'hold_id', isExpiredLock.as('is_expired_lock')])
    .where('event_id', '=', toBytes(eventId))
    .where(
      'event_seat_id',
      'in',
      candidates.map((row) => row.event_seat_id),
    )
    .orderBy('event_seat_id')
    .forUpdate()
    .execute();
  const ours = new Set(holdIds.map(fromBytes));
  const seats = new Map<string, SeatId[]>();
  for (const row of rows) {
    const holdId = row.hold_id === null ? '' : fromBytes(row.hold_id);
    if (!ours.has(holdId) || !row.is_expired_lock) continue;
    seats.set(holdId, [...(seats.get(holdId) ?? []), row.event_seat_id]);
  }
  await freeSeats(tx, eventId, holdIds, [...seats.values()].flat());
  return seats;
}

const isExpiredLock = sql<number>`(status = 'locked' AND lock_kind = 'hold' AND lock_expire <= UTC_TIMESTAMP(3))`;

async function freeSeats(
  tx: Tx,
  eventId: string,
  holdIds: readonly Buffer[],
  seatIds: readonly SeatId[],
): Promise<void> {
  if (seatIds.length === 0) return;
  const result = await tx
    .updateTable('event_seats')
    .set(FREED)
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', [...seatIds])
    .where('hold_id', 'in', [...holdIds])
    .where('status', '=', 'locked')
    .where('lock_kind', '=', 'hold')
    .where('lock_expire', '<=', NOW)
    .executeTakeFirst();
  if (Number(result.numUpdatedRows) !== seatIds.length) {
    throw new Error(`Freed ${result.numUpdatedRows} seats where ${seatIds.length} were due: rolled back.`);
  }
}
