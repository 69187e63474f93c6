import { sql } from 'kysely';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import type { Db, DbOrTx } from '../platform/mysql.ts';

/** Runs reads that all see the database as of one moment, so that what they say can be compared. */
export async function atOneMoment<Result>(db: Db, read: (tx: DbOrTx) => Promise<Result>): Promise<Result> {
  return await db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}

/** A seat by event and number, as an audit names it. */
export type SeatName = { readonly eventId: string; readonly seatId: SeatId };

type SeatNameRow = { event_id: Buffer; event_seat_id: number };

export async function countSold(tx: DbOrTx): Promise<{ bookedSeats: number; confirmedBookings: number }> {
  const { rows } = await sql<{ booked: number; confirmed: number }>`
    SELECT (SELECT COUNT(*) FROM event_seats WHERE status = 'booked') AS booked,
           (SELECT COUNT(*) FROM bookings WHERE status = 'confirmed') AS confirmed
  `.execute(tx);
  return { bookedSeats: Number(rows[0]?.booked), confirmedBookings: Number(rows[0]?.confirmed) };
}

export async function listSeatsSoldTwice(tx: DbOrTx): Promise<SeatName[]> {
  const { rows } = await sql<SeatNameRow>`
    SELECT event_id, event_seat_id FROM bookings WHERE status = 'confirmed'
    GROUP BY event_id, event_seat_id HAVING COUNT(*) > 1
  `.execute(tx);
  return rows.map(toSeatName);
}

export async function listBookedSeatsWithoutBooking(tx: DbOrTx): Promise<SeatName[]> {
  const { rows } = await sql<SeatNameRow>`
    SELECT seat.event_id, seat.event_seat_id FROM event_seats AS seat
    LEFT JOIN bookings AS booking ON booking.event_id = seat.event_id AND booking.event_seat_id = seat.event_seat_id
      AND booking.active_slot = 1 AND booking.hold_id = seat.hold_id
    WHERE seat.status = 'booked' AND booking.booking_id IS NULL
  `.execute(tx);
  return rows.map(toSeatName);
}

export async function listBookingsWithoutSeat(tx: DbOrTx): Promise<SeatName[]> {
  const { rows } = await sql<SeatNameRow>`
    SELECT booking.event_id, booking.event_seat_id FROM bookings AS booking
    LEFT JOIN event_seats AS seat ON seat.event_id = booking.event_id AND seat.event_seat_id = booking.event_seat_id
      AND seat.status = 'booked' AND seat.hold_id = booking.hold_id
    WHERE booking.status = 'confirmed' AND seat.event_seat_id IS NULL
  `.execute(tx);
  return rows.map(toSeatName);
}

/** What became of the money of a payment, in minor units. */
export type PaymentBalance = {
  readonly paymentId: string;
  readonly transactionId: string | null;
  readonly captured: number;
  /** What confirmed (or handed on) bookings are worth. */
  readonly booked: number;
  /** Given back, or on its way back. */
  readonly refunded: number;
  /** Since the money came, by our books. */
  readonly ageMs: number;
};

export async function listPaymentBalances(tx: DbOrTx): Promise<PaymentBalance[]> {
  const { rows } = await sql<{
    payment_id: Buffer;
    transaction_id: string | null;
    captured_amount: number;
    booked: string;
    refunded: string;
    age_ms: number;
  }>`
    SELECT payment.payment_id, payment.transaction_id, payment.captured_amount,
      COALESCE((SELECT SUM(amount) FROM bookings WHERE bookings.payment_id = payment.payment_id AND status IN ('confirmed', 'transferred')), 0) AS booked,
      COALESCE((SELECT SUM(amount) FROM refunds WHERE refunds.payment_id = payment.payment_id AND status IN ('requested', 'pending', 'requires_action', 'succeeded')), 0) AS refunded,
      TIMESTAMPDIFF(SECOND, COALESCE(payment.captured_at, payment.updated_at), UTC_TIMESTAMP(3)) * 1000 AS age_ms
    FROM payments AS payment
    WHERE payment.captured_amount > 0
  `.execute(tx);
  return rows.map((row) => ({
    paymentId: fromBytes(row.payment_id),
    transactionId: row.transaction_id,
    captured: row.captured_amount,
    booked: Number(row.booked),
    refunded: Number(row.refunded),
    ageMs: row.age_ms,
  }));
}

export async function listLocksWithoutOpenHold(tx: DbOrTx): Promise<SeatName[]> {
  const { rows } = await sql<SeatNameRow>`
    SELECT seat.event_id, seat.event_seat_id FROM event_seats AS seat
    LEFT JOIN holds ON holds.event_id = seat.event_id AND holds.hold_id = seat.hold_id AND holds.open_slot = 1
    WHERE seat.status = 'locked' AND seat.lock_kind <> 'blocked' AND holds.hold_id IS NULL
  `.execute(tx);
  return rows.map(toSeatName);
}

const IS_PROMISED = sql`(holds.status = 'checkout' OR (holds.status = 'held' AND holds.expires_at > UTC_TIMESTAMP(3)))`;

/** How many holds have time left or are being paid for. */
export async function countPromisedHolds(tx: DbOrTx): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`SELECT COUNT(*) AS count FROM holds WHERE ${IS_PROMISED}`.execute(tx);
  return Number(rows[0]?.count);
}

/** Those of them that have no seat. Left to itself, the optimizer may read all seats of an event for each of its holds. */
export async function listHoldsWithoutSeats(tx: DbOrTx): Promise<{ eventId: string; holdId: string }[]> {
  const { rows } = await sql<{ event_id: Buffer; hold_id: Buffer }>`
    SELECT event_id, hold_id FROM holds WHERE ${IS_PROMISED} AND NOT EXISTS (
      SELECT 1 FROM event_seats AS seat FORCE INDEX (by_hold)
      WHERE seat.event_id = holds.event_id AND seat.hold_id = holds.hold_id AND seat.status = 'locked')
  `.execute(tx);
  return rows.map((row) => ({ eventId: fromBytes(row.event_id), holdId: fromBytes(row.hold_id) }));
}

/**
 * Seats that an acknowledged claim gave to a hold whose time is not over, which the hold has not got, and which it never
 * gave up: the seat's story does not say so.
 */
export async function listLostSeats(tx: DbOrTx): Promise<(SeatName & { readonly holdId: string })[]> {
  const { rows } = await sql<SeatNameRow & { hold_id: Buffer }>`
    SELECT given.event_id, given.hold_id, given.event_seat_id FROM (
      SELECT holds.event_id, holds.hold_id, claimed.event_seat_id
      FROM holds CROSS JOIN ${seatsIn('holds.opened_with')} WHERE ${IS_PROMISED}
      UNION ALL SELECT claim.event_id, claim.hold_id, claimed.event_seat_id FROM hold_claims AS claim
      JOIN holds ON holds.event_id = claim.event_id AND holds.hold_id = claim.hold_id
      CROSS JOIN ${seatsIn('claim.seat_ids')} WHERE claim.outcome = 'held' AND ${IS_PROMISED}
    ) AS given
    LEFT JOIN event_seats AS seat ON seat.event_id = given.event_id AND seat.event_seat_id = given.event_seat_id
      AND seat.hold_id = given.hold_id AND seat.status = 'locked'
    WHERE seat.event_id IS NULL
  `.execute(tx);
  const lost: (SeatName & { holdId: string })[] = [];
  for (const row of rows) {
    const seat = { ...toSeatName(row), holdId: fromBytes(row.hold_id) };
    if (!(await wasGivenUp(tx, seat))) lost.push(seat);
  }
  return lost;
}

/** A column's JSON array of seat ids, as rows. */
function seatsIn(column: 'holds.opened_with' | 'claim.seat_ids') {
  return sql`JSON_TABLE(${sql.ref(column)}, '$[*]' COLUMNS (event_seat_id INT UNSIGNED PATH '$')) AS claimed`;
}

async function wasGivenUp(tx: DbOrTx, seat: SeatName & { holdId: string }): Promise<boolean> {
  const row = await tx
    .selectFrom('seat_log')
    .select('log_id')
    .where('event_id', '=', toBytes(seat.eventId))
    .where('event_seat_id', '=', seat.seatId)
    .where('hold_id', '=', toBytes(seat.holdId))
    .where('to_status', '=', 'available')
    .executeTakeFirst();
  return row !== undefined;
}

/** Seats whose lock ran out more than so long ago, apart from those whose buyer is at Stripe. */
export async function listOverdueLocks(tx: DbOrTx, overdueMs: number): Promise<SeatName[]> {
  const { rows } = await sql<SeatNameRow>`
    SELECT event_id, event_seat_id FROM event_seats
    WHERE status = 'locked' AND lock_kind = 'hold'
      AND lock_expire < UTC_TIMESTAMP(3) - INTERVAL ${sql.lit(Math.round(overdueMs) * 1000)} MICROSECOND
  `.execute(tx);
  return rows.map(toSeatName);
}

/** What is still to be done before the system rests. */
export async function countUnfinished(db: DbOrTx): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<Record<string, number>>`
    SELECT
      (SELECT COUNT(*) FROM holds WHERE status IN ('queued', 'held', 'checkout') AND expires_at <= UTC_TIMESTAMP(3)) AS overdueHolds,
      (SELECT COUNT(*) FROM stripe_events WHERE status = 'received') AS inbox,
      (SELECT COUNT(*) FROM refunds WHERE status = 'requested') AS refundsToSend,
      (SELECT COUNT(*) FROM payments WHERE captured_amount > 0 AND fulfilled_at IS NULL) AS unfulfilledPayments
  `.execute(db);
  return rows[0] ?? {};
}

function toSeatName(row: SeatNameRow): SeatName {
  return { eventId: fromBytes(row.event_id), seatId: row.event_seat_id };
}
