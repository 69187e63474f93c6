import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { jsonRows } from '../platform/json-rows.ts';
import type { Tx } from '../platform/mysql.ts';
import { appendSeatLog } from '../seats/seat-store.ts';
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
 * Grants claims that open holds, of whatever events, without reading what they are about, in half the statements that
 * deciding takes: the keys and conditions of the statements themselves refuse whatever is not as it looks. A claim that
 * was decided before, or whose buyer has an open hold, is a duplicate key; a seat that is not free, or one too many for
 * its buyer, is missing from the count. The hold is the record of the claim that opened it.
 * @returns one result for each event.
 * @throws NotAllNew, or a duplicate key, when any claim is of another kind.
 */
export async function writeNewHolds(tx: Tx, claims: readonly [Claim, ...Claim[]]): Promise<BatchResult[]> {
  const nowMs = await insertHolds(tx, claims);
  await lockSeats(tx, claims, nowMs);
  const byEvent = Map.groupBy(claims, ({ eventId }) => eventId);
  return [...byEvent].map(([eventId, ofEvent]) => resultOf(eventId, ofEvent, nowMs));
}

/**
 * What an INSERT has put into any column with it, the client is told (`mysql_insert_id()` in MySQL's C API): when the
 * holds were opened, without asking.
 * https://dev.mysql.com/doc/c-api/8.4/en/mysql-insert-id.html
 */
const TELL_NOW_MS = sql`LAST_INSERT_ID(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;

/** @returns the database's time at which all of them were opened. */
async function insertHolds(tx: Tx, claims: readonly Claim[]): Promise<number> {
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
  const { insertId } = await sql`
    INSERT INTO holds (event_id, hold_id, user_id, status, expires_at, extends_until, created_at, updated_at, opened_with)
    SELECT ${of('event')}, ${of('hold')}, ${of('user')}, 'held',
      UTC_TIMESTAMP(3) + INTERVAL ${of('ttl')} * 1000 MICROSECOND,
      UTC_TIMESTAMP(3) + INTERVAL ${of('total')} * 1000 + 0 * ${TELL_NOW_MS} MICROSECOND,
      UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ${of('seats')}
    FROM ${table}
  `.execute(tx);
  assert.ok(insertId, 'the database did not tell its time');
  return Number(insertId);
}

/**
 * The buyers' limits are looked at once the new holds keep anybody from booking more for them. In the order of seats, as
 * everybody locks them.
 */
async function lockSeats(tx: Tx, claims: readonly Claim[], nowMs: number): Promise<void> {
  const seats = claims
    .flatMap(({ eventId, claimId, userId, seatIds, ttlMs, seatsPerBuyerMax }) =>
      seatIds.map((seat) => ({
        event: eventId,
        seat,
        hold: claimId,
        user: userId,
        expires: nowMs + ttlMs,
        room: seatsPerBuyerMax - seatIds.length,
      })),
    )
    .toSorted((a, b) => (a.event === b.event ? a.seat - b.seat : a.event < b.event ? -1 : 1));
  const { table, of } = jsonRows(
    'won',
    { event: 'id', seat: 'int', hold: 'id', user: 'id', expires: 'int', room: 'int' },
    seats,
  );
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN event_seats AS seat
      ON seat.event_id = ${of('event')} AND seat.event_seat_id = ${of('seat')}
    SET seat.status = 'locked', seat.lock_kind = 'hold', seat.hold_id = ${of('hold')}, seat.locked_user_id = ${of('user')},
        seat.lock_expire = TIMESTAMP('1970-01-01') + INTERVAL ${of('expires')} * 1000 MICROSECOND
    WHERE seat.status = 'available' AND ${of('room')} >= (
      SELECT COUNT(*) FROM bookings
      WHERE event_id = ${of('event')} AND user_id = ${of('user')} AND status = 'confirmed')
  `.execute(tx);
  if (Number(numAffectedRows) !== seats.length) throw new NotAllNew();
  await appendSeatLog(
    tx,
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
