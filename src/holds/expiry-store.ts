import { sql } from 'kysely';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import { NOW, type Tx } from '../platform/mysql.ts';
import { FREED, appendSeatLog } from '../seats/seat-store.ts';
import { assertHoldTransition } from './hold.ts';

/** Checkout is not among them: only Stripe's word ends a hold that may be paid at this moment. */
const EXPIRES_BY_ITSELF = ['queued', 'held'] as const;

export type ExpiredHold = {
  readonly holdId: string;
  readonly userId: string;
  /** What the hold still had; a seat that was taken over before is another's. */
  readonly seatIds: readonly SeatId[];
};

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
    holdId: fromBytes(hold.hold_id),
    userId: fromBytes(hold.user_id),
    seatIds: seats.get(fromBytes(hold.hold_id)) ?? [],
  }));
  await appendSeatLog(
    tx,
    expired.map((hold) => ({ ...hold, eventId, from: 'locked', to: 'available', reason: 'expired' })),
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
