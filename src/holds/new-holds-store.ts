import { sql } from 'kysely';
import { toBytes } from '../platform/id.ts';
import { type JsonRows, jsonRows } from '../platform/json-rows.ts';
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
 * was decided before, or whose buyer has an open hold, is a duplicate key; a seat that is not free is missing from the
 * count; the buyers' limit is asked for once the new holds keep anybody from booking more for them.
 * @returns one result for each event.
 * @throws NotAllNew, or a duplicate key, when any claim is of another kind.
 */
export async function writeNewHolds(tx: Tx, claims: readonly [Claim, ...Claim[]]): Promise<BatchResult[]> {
  // Two batches that meet at the unique key of buyers come to it in one order.
  const inOrder = claims.toSorted((a, b) => (buyerOf(a) < buyerOf(b) ? -1 : 1));
  const claim = jsonRows(
    'claim',
    { event: 'id', hold: 'id', user: 'id', seats: 'text', ttl: 'int', total: 'int', room: 'int' },
    inOrder.map(({ claimId, eventId, userId, seatIds, ttlMs, totalMs, seatsPerBuyerMax }) => ({
      event: eventId,
      hold: claimId,
      user: userId,
      seats: JSON.stringify(seatIds),
      ttl: ttlMs,
      total: totalMs,
      room: seatsPerBuyerMax - seatIds.length,
    })),
  );
  await sql`
    INSERT INTO holds (event_id, hold_id, user_id, status, expires_at, extends_until, created_at, updated_at)
    SELECT ${claim.of('event')}, ${claim.of('hold')}, ${claim.of('user')}, 'held',
      UTC_TIMESTAMP(3) + INTERVAL ${claim.of('ttl')} * 1000 MICROSECOND,
      UTC_TIMESTAMP(3) + INTERVAL ${claim.of('total')} * 1000 MICROSECOND, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
    FROM ${claim.table}
  `.execute(tx);
  const now = await findTime(tx, claims[0], claim);
  await lockSeats(tx, claims, now);
  await sql`
    INSERT INTO hold_claims (event_id, claim_id, hold_id, user_id, outcome, seat_ids, created_at)
    SELECT ${claim.of('event')}, ${claim.of('hold')}, ${claim.of('hold')}, ${claim.of('user')}, 'held', ${claim.of('seats')},
      UTC_TIMESTAMP(3)
    FROM ${claim.table}
  `.execute(tx);
  const byEvent = Map.groupBy(claims, ({ eventId }) => eventId);
  return [...byEvent].map(([eventId, ofEvent]) => resultOf(eventId, ofEvent, now.getTime()));
}

/** All the holds were opened by one statement, at this time. @throws NotAllNew when a buyer would have too many seats. */
async function findTime(
  tx: Tx,
  { eventId, claimId }: Claim,
  { table, of }: JsonRows<'event' | 'user' | 'room'>,
): Promise<Date> {
  const { rows } = await sql<{ created_at: Date; too_many: number }>`
    SELECT created_at, EXISTS (
      SELECT 1 FROM ${table} WHERE ${of('room')} < (
        SELECT COUNT(*) FROM bookings
        WHERE event_id = ${of('event')} AND user_id = ${of('user')} AND status = 'confirmed')
    ) AS too_many
    FROM holds WHERE event_id = ${toBytes(eventId)} AND hold_id = ${toBytes(claimId)}
  `.execute(tx);
  const [row] = rows;
  if (row === undefined || row.too_many !== 0) throw new NotAllNew();
  return row.created_at;
}

async function lockSeats(tx: Tx, claims: readonly Claim[], now: Date): Promise<void> {
  const seats = claims
    .flatMap(({ eventId, claimId, userId, seatIds, ttlMs }) =>
      seatIds.map((seat) => ({ event: eventId, seat, hold: claimId, user: userId, ttl: ttlMs })),
    )
    .toSorted((a, b) => (a.event === b.event ? a.seat - b.seat : a.event < b.event ? -1 : 1));
  const { table, of } = jsonRows(
    'won',
    { event: 'id', seat: 'int', hold: 'id', user: 'id', ttl: 'int' },
    seats,
  );
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN event_seats AS seat
      ON seat.event_id = ${of('event')} AND seat.event_seat_id = ${of('seat')}
    SET seat.status = 'locked', seat.lock_kind = 'hold', seat.hold_id = ${of('hold')}, seat.locked_user_id = ${of('user')},
        seat.lock_expire = TIMESTAMP(${now}) + INTERVAL ${of('ttl')} * 1000 MICROSECOND
    WHERE seat.status = 'available'
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
