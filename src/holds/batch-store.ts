import { type Selectable, sql } from 'kysely';
import type { HoldsTable } from '../../db/schema.ts';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import { NOW, type Tx } from '../platform/mysql.ts';
import { FREED, appendSeatLog } from '../seats/seat-store.ts';
import type { BatchState, OpenHold, SeatState } from './decide-claims.ts';
import { countBooked } from './hold-store.ts';
import type { Claim } from './jobs.ts';

/**
 * The optimizer likes to walk all holds of the event, those long over too, and would lock each on its way: the batch
 * then waits for everybody who gives a hold back.
 */
const HOLDS_BY_BUYER = sql<Selectable<HoldsTable>>`holds`.as<'holds'>(
  sql`holds FORCE INDEX (one_open_hold_per_buyer)`,
);

/** Locks what the batch decides on, in key order: the buyers' open holds, then the seats. */
export async function lockBatch(
  tx: Tx,
  eventId: string,
  claims: readonly Claim[],
): Promise<BatchState & { overdue: OpenHold[] }> {
  const userIds = [...new Set(claims.map((claim) => claim.userId))];
  const openRows = await tx
    .selectFrom(HOLDS_BY_BUYER)
    .select([
      'hold_id',
      'user_id',
      'status',
      'expires_at',
      'extends_until',
      sql<number>`expires_at <= UTC_TIMESTAMP(3)`.as('is_overdue'),
    ])
    .where('event_id', '=', toBytes(eventId))
    .where('user_id', 'in', userIds.map(toBytes))
    .where('open_slot', '=', 1)
    .orderBy('user_id')
    .forUpdate()
    .execute();
  const bookedCounts = await countBooked(tx, eventId, userIds);
  const held = await seatsOfHolds(
    tx,
    eventId,
    openRows.map((row) => row.hold_id),
  );
  const { nowMs, seats } = await lockSeatRows(tx, eventId, claims);
  const openHolds = new Map<string, OpenHold>();
  const overdue: OpenHold[] = [];
  for (const row of openRows) {
    const hold: OpenHold = {
      holdId: fromBytes(row.hold_id),
      userId: fromBytes(row.user_id),
      status: row.status === 'checkout' ? 'checkout' : 'held',
      expiresAtMs: row.expires_at.getTime(),
      extendsUntilMs: row.extends_until.getTime(),
      seatIds: new Set(held.get(fromBytes(row.hold_id))),
      isNew: false,
    };
    if (row.is_overdue && hold.status === 'held') overdue.push(hold);
    else openHolds.set(hold.userId, hold);
  }
  return { nowMs, seats, openHolds, bookedCounts, overdue };
}

async function lockSeatRows(
  tx: Tx,
  eventId: string,
  claims: readonly Claim[],
): Promise<Pick<BatchState, 'nowMs' | 'seats'>> {
  const wanted = [...new Set(claims.flatMap((claim) => claim.seatIds))];
  const rows = await tx
    .selectFrom('event_seats')
    .select([
      'event_seat_id',
      'status',
      'hold_id',
      sql<number>`(status = 'locked' AND lock_kind = 'hold' AND lock_expire <= UTC_TIMESTAMP(3))`.as(
        'is_expired_lock',
      ),
      NOW.as('now'),
    ])
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', wanted)
    .orderBy('event_seat_id')
    .forUpdate()
    .execute();
  const seats = new Map<SeatId, SeatState>(
    rows.map((row) => [
      row.event_seat_id,
      {
        status: row.status,
        holdId: row.hold_id === null ? null : fromBytes(row.hold_id),
        isExpiredLock: Boolean(row.is_expired_lock),
      },
    ]),
  );
  return { nowMs: rows[0]?.now.getTime() ?? Date.now(), seats };
}

async function seatsOfHolds(
  tx: Tx,
  eventId: string,
  holdIds: readonly Buffer[],
): Promise<Map<string, SeatId[]>> {
  if (holdIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('event_seats')
    .select(['event_seat_id', 'hold_id'])
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'in', [...holdIds])
    .where('status', '=', 'locked')
    .execute();
  const byHold = new Map<string, SeatId[]>();
  for (const row of rows) {
    const holdId = row.hold_id === null ? '' : fromBytes(row.hold_id);
    byHold.set(holdId, [...(byHold.get(holdId) ?? []), row.event_seat_id]);
  }
  return byHold;
}

/** Ends holds whose time is over and frees their seats; the condition stands again in each statement. */
export async function expireHolds(tx: Tx, eventId: string, holds: readonly OpenHold[]): Promise<SeatId[]> {
  if (holds.length === 0) return [];
  const holdIds = holds.map((hold) => toBytes(hold.holdId));
  await tx
    .updateTable('holds')
    .set({ status: 'expired', end_reason: 'expired', updated_at: NOW })
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'in', holdIds)
    .where('status', 'in', ['queued', 'held'])
    .where('expires_at', '<=', NOW)
    .execute();
  const freed = await tx
    .selectFrom('event_seats')
    .select(['event_seat_id', 'hold_id'])
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', 'in', holdIds)
    .where('status', '=', 'locked')
    .where('lock_kind', '=', 'hold')
    .orderBy('event_seat_id')
    .forUpdate()
    .execute();
  const seatIds = freed.map((seat) => seat.event_seat_id);
  if (seatIds.length === 0) return [];
  await tx
    .updateTable('event_seats')
    .set(FREED)
    .where('event_id', '=', toBytes(eventId))
    .where('event_seat_id', 'in', seatIds)
    .where('hold_id', 'in', holdIds)
    .where('status', '=', 'locked')
    .where('lock_expire', '<=', NOW)
    .execute();
  await appendSeatLog(
    tx,
    holds.map((hold) => ({
      eventId,
      seatIds: freed
        .filter((seat) => seat.hold_id?.equals(toBytes(hold.holdId)))
        .map((seat) => seat.event_seat_id),
      from: 'locked',
      to: 'available',
      holdId: hold.holdId,
      userId: hold.userId,
      reason: 'expired',
    })),
  );
  return seatIds;
}
