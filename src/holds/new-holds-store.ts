import assert from 'node:assert/strict';
import { type RawBuilder, sql } from 'kysely';
import type { Batches, Done } from '../platform/batches.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { retryRolledBack } from '../platform/mysql.ts';
import { seatLogInserts } from '../seats/seat-store.ts';
import type { BatchResult, OpenHold } from './decide-claims.ts';
import type { Claim } from './jobs.ts';

/** What was taken for granted of the claims does not hold: the transaction is to be rolled back, and each claim decided. */
export class NotAllNew extends Error {}

/** Which of the claims look as nearly all do in a rush: each opens a hold, of a buyer who has no other claim here. */
export function pickNew(claims: readonly Claim[]): Claim[] {
  const byBuyer = Map.groupBy(claims, buyerOf);
  return claims.filter((claim) => claim.token === claim.claimId && byBuyer.get(buyerOf(claim))?.length === 1);
}

function buyerOf({ eventId, userId }: Claim): string {
  return `${eventId} ${userId}`;
}

/**
 * Grants claims that open holds, of whatever events, without reading what they are about, in a fraction of the round trips
 * that deciding takes: the keys and conditions of the statements themselves refuse whatever is not as it looks. A claim
 * that was decided before, or whose buyer has an open hold, is a duplicate key; a seat that is not free, or one too many
 * for its buyer, is missing from the count. The hold is the record of the claim that opened it.
 * @returns one result for each event.
 * @throws NotAllNew, or a duplicate key, when any claim is of another kind; nothing is changed then.
 */
export async function writeNewHolds(batches: Batches, claims: readonly Claim[]): Promise<BatchResult[]> {
  const statements = [holdsInsert(claims), seatsUpdate(claims), ...logInserts(claims)];
  const check = ([inserted, locked]: readonly Done[]) => {
    if (locked?.changed !== claims.reduce((sum, { seatIds }) => sum + seatIds.length, 0))
      throw new NotAllNew();
    crashPoint('claim.written');
    assert.ok(inserted?.insertId, 'the database did not tell its time');
    return inserted.insertId;
  };
  const nowMs = await retryRolledBack(() => batches.transact(statements, check));
  const byEvent = Map.groupBy(claims, ({ eventId }) => eventId);
  return [...byEvent].map(([eventId, ofEvent]) => resultOf(eventId, ofEvent, nowMs));
}

/**
 * The database's time, in ms. A number that `LAST_INSERT_ID(n)` is given is told to the client when it goes into a column
 * of any table, and to statements that follow by `LAST_INSERT_ID()`: so all of them, and the worker, know when the holds
 * were opened, without asking.
 * https://dev.mysql.com/doc/refman/8.4/en/information-functions.html#function_last-insert-id
 * https://dev.mysql.com/doc/c-api/8.4/en/mysql-insert-id.html
 */
const TELL_NOW_MS = sql`LAST_INSERT_ID(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;

function holdsInsert(claims: readonly Claim[]): RawBuilder<unknown> {
  // Two batches that meet at the unique key of buyers come to it in one order.
  const inOrder = claims.toSorted((a, b) => (buyerOf(a) < buyerOf(b) ? -1 : 1));
  const { table, of } = jsonRows(
    'claim',
    { event: 'id', hold: 'id', user: 'id', seats: 'text', ttl: 'int', total: 'int' },
    inOrder.map(({ claimId, eventId, userId, seatIds, ttlMs, totalMs }) => ({
      event: eventId,
      hold: claimId,
      user: userId,
      seats: JSON.stringify(seatIds),
      ttl: ttlMs,
      total: totalMs,
    })),
  );
  return sql`
    INSERT INTO holds (event_id, hold_id, user_id, status, expires_at, extends_until, created_at, updated_at, opened_with)
    SELECT ${of('event')}, ${of('hold')}, ${of('user')}, 'held',
      UTC_TIMESTAMP(3) + INTERVAL ${of('ttl')} * 1000 MICROSECOND,
      UTC_TIMESTAMP(3) + INTERVAL ${of('total')} * 1000 + 0 * ${TELL_NOW_MS} MICROSECOND,
      UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ${of('seats')}
    FROM ${table}
  `;
}

/**
 * The buyers' limits are looked at once the new holds keep anybody from booking more for them. In the order of seats, as
 * everybody locks them.
 */
function seatsUpdate(claims: readonly Claim[]): RawBuilder<unknown> {
  const seats = claims
    .flatMap(({ eventId, claimId, userId, seatIds, ttlMs, seatsPerBuyerMax }) =>
      seatIds.map((seat) => ({
        event: eventId,
        seat,
        hold: claimId,
        user: userId,
        ttl: ttlMs,
        room: seatsPerBuyerMax - seatIds.length,
      })),
    )
    .toSorted((a, b) => (a.event === b.event ? a.seat - b.seat : a.event < b.event ? -1 : 1));
  const { table, of } = jsonRows(
    'won',
    { event: 'id', seat: 'int', hold: 'id', user: 'id', ttl: 'int', room: 'int' },
    seats,
  );
  return sql`
    UPDATE ${table} STRAIGHT_JOIN event_seats AS seat
      ON seat.event_id = ${of('event')} AND seat.event_seat_id = ${of('seat')}
    SET seat.status = 'locked', seat.lock_kind = 'hold', seat.hold_id = ${of('hold')}, seat.locked_user_id = ${of('user')},
        seat.lock_expire = TIMESTAMP('1970-01-01') + INTERVAL (LAST_INSERT_ID() + ${of('ttl')}) * 1000 MICROSECOND
    WHERE seat.status = 'available' AND ${of('room')} >= (
      SELECT COUNT(*) FROM bookings
      WHERE event_id = ${of('event')} AND user_id = ${of('user')} AND status = 'confirmed')
  `;
}

function logInserts(claims: readonly Claim[]): RawBuilder<unknown>[] {
  return seatLogInserts(
    claims.map(({ eventId, claimId, userId, seatIds }) => ({
      eventId,
      seatIds,
      from: 'available',
      to: 'locked',
      holdId: claimId,
      userId,
      reason: 'selected',
    })),
  );
}

function resultOf(eventId: string, claims: readonly Claim[], nowMs: number): BatchResult {
  const openHolds = new Map(
    claims.map(({ claimId, userId, seatIds, ttlMs, totalMs }): [string, OpenHold] => [
      userId,
      {
        holdId: claimId,
        userId,
        status: 'held',
        expiresAtMs: nowMs + ttlMs,
        extendsUntilMs: nowMs + totalMs,
        seatIds: new Set(seatIds),
        isNew: true,
      },
    ]),
  );
  return {
    eventId,
    decisions: claims.map((claim) => ({
      claim,
      outcome: { outcome: 'held', holdId: claim.claimId },
      newSeatIds: claim.seatIds,
      takenOver: [],
    })),
    repeated: [],
    state: { nowMs, seats: new Map(), openHolds, bookedCounts: new Map() },
    freed: [],
    expired: [],
  };
}
