import { sql } from 'kysely';
import { type SeatId, toBytes, toHex } from '../platform/id.ts';
import { type Tx, nowPlusMs } from '../platform/mysql.ts';
import { appendSeatLog } from '../seats/seat-store.ts';
import type { BatchResult, OpenHold } from './decide-claims.ts';
import type { Claim } from './jobs.ts';

/** What was taken for granted of the claims does not hold: the transaction is to be rolled back, and each claim decided. */
export class NotAllNew extends Error {}

/** Which of the claims look as nearly all do in a rush: each opens a hold, of a buyer who has no other claim here. */
export function pickNew(claims: readonly Claim[]): Claim[] {
  const [first] = claims;
  const perBuyer = new Map<string, number>();
  for (const { userId } of claims) perBuyer.set(userId, (perBuyer.get(userId) ?? 0) + 1);
  return claims.filter(
    (claim) =>
      claim.token === claim.claimId &&
      perBuyer.get(claim.userId) === 1 &&
      claim.ttlMs === first?.ttlMs &&
      claim.totalMs === first.totalMs,
  );
}

/**
 * Grants claims that open holds without reading what they are about, in half the statements that deciding takes: the
 * keys and conditions of the statements themselves refuse whatever is not as it looks. A claim that was decided before,
 * or whose buyer has an open hold, is a duplicate key; a seat that is not free is missing from the count; the buyers'
 * limit is asked for once the new holds keep anybody from booking more for them.
 * @throws NotAllNew, or a duplicate key, when any claim is of another kind.
 */
export async function writeNewHolds(
  tx: Tx,
  eventId: string,
  claims: readonly [Claim, ...Claim[]],
): Promise<BatchResult> {
  const event = toBytes(eventId);
  const [{ ttlMs, totalMs }] = claims;
  const claimsJson = JSON.stringify(
    claims.map(({ claimId, userId, seatIds, seatsPerBuyerMax }) => ({
      h: toHex(claimId),
      u: toHex(userId),
      s: JSON.stringify(seatIds),
      room: seatsPerBuyerMax - seatIds.length,
    })),
  );
  const eachClaim = sql`JSON_TABLE(${claimsJson}, '$[*]' COLUMNS (
    h CHAR(32) PATH '$.h', u CHAR(32) PATH '$.u', s TEXT PATH '$.s', room INT PATH '$.room')) AS claim`;
  await sql`
    INSERT INTO holds (event_id, hold_id, user_id, status, expires_at, extends_until, created_at, updated_at)
    SELECT ${event}, UNHEX(claim.h), UNHEX(claim.u), 'held', ${nowPlusMs(ttlMs)}, ${nowPlusMs(totalMs)},
      UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM ${eachClaim}
  `.execute(tx);
  const expiresAt = await findExpiry(tx, event, claims[0].claimId, eachClaim);
  await lockSeats(tx, eventId, claims, expiresAt);
  await sql`
    INSERT INTO hold_claims (event_id, claim_id, hold_id, user_id, outcome, seat_ids, created_at)
    SELECT ${event}, UNHEX(claim.h), UNHEX(claim.h), UNHEX(claim.u), 'held', claim.s, UTC_TIMESTAMP(3)
    FROM ${eachClaim}
  `.execute(tx);
  return resultOf(eventId, claims, expiresAt);
}

/** All the holds were opened by one statement, at one time. @throws NotAllNew when a buyer would have too many seats. */
async function findExpiry(
  tx: Tx,
  event: Buffer,
  holdId: string,
  eachClaim: ReturnType<typeof sql>,
): Promise<Date> {
  const { rows } = await sql<{ expires_at: Date; too_many: number }>`
    SELECT expires_at, EXISTS (
      SELECT 1 FROM ${eachClaim} WHERE claim.room < (
        SELECT COUNT(*) FROM bookings
        WHERE event_id = ${event} AND user_id = UNHEX(claim.u) AND status = 'confirmed')
    ) AS too_many
    FROM holds WHERE event_id = ${event} AND hold_id = ${toBytes(holdId)}
  `.execute(tx);
  const [row] = rows;
  if (row === undefined || row.too_many !== 0) throw new NotAllNew();
  return row.expires_at;
}

async function lockSeats(tx: Tx, eventId: string, claims: readonly Claim[], expiresAt: Date): Promise<void> {
  const seats = claims
    .flatMap(({ claimId, userId, seatIds }) => {
      const [h, u] = [toHex(claimId), toHex(userId)];
      return seatIds.map((seatId: SeatId) => ({ seat: seatId, h, u }));
    })
    .toSorted((a, b) => a.seat - b.seat);
  const eachSeat = sql`JSON_TABLE(${JSON.stringify(seats)}, '$[*]' COLUMNS (
    seat_id INT UNSIGNED PATH '$.seat', h CHAR(32) PATH '$.h', u CHAR(32) PATH '$.u')) AS decided`;
  const { numAffectedRows } = await sql`
    UPDATE ${eachSeat} STRAIGHT_JOIN event_seats AS seat
      ON seat.event_id = ${toBytes(eventId)} AND seat.event_seat_id = decided.seat_id
    SET seat.status = 'locked', seat.lock_kind = 'hold', seat.hold_id = UNHEX(decided.h),
        seat.locked_user_id = UNHEX(decided.u), seat.lock_expire = ${expiresAt}
    WHERE seat.status = 'available'
  `.execute(tx);
  if (Number(numAffectedRows) !== seats.length) throw new NotAllNew();
  await appendSeatLog(
    tx,
    eventId,
    claims.map(({ claimId, userId, seatIds }) => ({
      seatIds,
      from: 'available',
      to: 'locked',
      holdId: claimId,
      userId,
      reason: 'selected',
    })),
  );
}

function resultOf(eventId: string, claims: readonly [Claim, ...Claim[]], expiresAt: Date): BatchResult {
  const [{ ttlMs, totalMs }] = claims;
  const expiresAtMs = expiresAt.getTime();
  const nowMs = expiresAtMs - ttlMs;
  const openHolds = new Map(
    claims.map(({ claimId, userId, seatIds }): [string, OpenHold] => [
      userId,
      {
        holdId: claimId,
        userId,
        status: 'held',
        expiresAtMs,
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
