import { sql } from 'kysely';
import type { BookingStatus, RefundStatus } from '../../db/schema.ts';
import { type BookingId, type SeatId, fromBytes, newId, toBytes } from '../platform/id.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { type DbOrTx, NOW, type Tx } from '../platform/mysql.ts';
import { type NamedSeat, namedSeats, toNamedSeat } from '../seats/named-seat-store.ts';
import { assertBookingTransition, refundCauseOf } from './booking.ts';

export type Booking = {
  readonly bookingId: BookingId;
  readonly eventId: string;
  readonly eventName: string;
  readonly eventDate: Date;
  readonly timeZone: string;
  readonly venueName: string;
  readonly seat: NamedSeat;
  readonly userId: string;
  readonly holdId: string;
  readonly paymentId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: BookingStatus;
  readonly confirmedAt: Date;
  readonly cancelledAt: Date | null;
  readonly refund: { readonly status: RefundStatus; readonly amount: number } | null;
  /** Confirmed, not used, and its event still lets buyers cancel, by the database's clock. */
  readonly isCancellable: boolean;
};

/** What is needed to cancel one. */
export type SoldSeat = Pick<
  Booking,
  'bookingId' | 'eventId' | 'userId' | 'holdId' | 'paymentId' | 'amount'
> & { readonly seatId: SeatId };

export type NewBookings = {
  readonly eventId: string;
  readonly holdId: string;
  readonly userId: string;
  readonly paymentId: string;
  readonly currency: string;
  readonly lines: readonly { readonly seatId: SeatId; readonly amount: number }[];
};

const BOOKING_COLUMNS = {
  eventId: 'id',
  bookingId: 'id',
  seatId: 'int',
  userId: 'id',
  holdId: 'id',
  paymentId: 'id',
  amount: 'int',
  currency: 'text',
} as const;

/** @throws a duplicate of the key `a_seat_is_sold_once` when any of the seats is sold: invariant I1. */
export async function insertBookings(tx: Tx, sales: readonly NewBookings[]): Promise<void> {
  const { table, of } = jsonRows(
    'sold',
    BOOKING_COLUMNS,
    sales.flatMap(({ lines, ...sale }) => lines.map((line) => ({ ...sale, ...line, bookingId: newId() }))),
  );
  await sql`
    INSERT INTO bookings (event_id, booking_id, event_seat_id, user_id, hold_id, payment_id, status, amount, currency, confirmed_at)
    SELECT ${of('eventId')}, ${of('bookingId')}, ${of('seatId')}, ${of('userId')}, ${of('holdId')}, ${of('paymentId')},
      'confirmed', ${of('amount')}, ${of('currency')}, UTC_TIMESTAMP(3)
    FROM ${table}
  `.execute(tx);
}

/** Cancels a confirmed booking; false when it is confirmed no more. */
export async function updateToCancelled(
  tx: Tx,
  booking: { eventId: string; bookingId: string; reason: string },
): Promise<boolean> {
  assertBookingTransition('confirmed', 'cancelled');
  const result = await tx
    .updateTable('bookings')
    .set({ status: 'cancelled', cancelled_at: NOW, cancel_reason: booking.reason })
    .where('event_id', '=', toBytes(booking.eventId))
    .where('booking_id', '=', toBytes(booking.bookingId))
    .where('status', '=', 'confirmed')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function findBooking(db: DbOrTx, bookingId: string): Promise<Booking | null> {
  const rows = await bookings(db).where('bookings.booking_id', '=', toBytes(bookingId)).execute();
  const [found] = await withRefunds(db, rows);
  return found ?? null;
}

/** A buyer's bookings, newest first. */
export async function listBookings(
  db: DbOrTx,
  page: { userId: string; limit: number; offset: number },
): Promise<{ items: Booking[]; total: number }> {
  const user = toBytes(page.userId);
  const rows = await bookings(db)
    .where('bookings.user_id', '=', user)
    .orderBy('bookings.confirmed_at', 'desc')
    .orderBy('bookings.booking_id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const { total } = await db
    .selectFrom('bookings')
    .select((row) => row.fn.countAll<number>().as('total'))
    .where('user_id', '=', user)
    .executeTakeFirstOrThrow();
  return { items: await withRefunds(db, rows), total };
}

/** Everything that was sold for a payment, in order of the seats. */
export async function listBookingsOfPayment(db: DbOrTx, paymentId: string): Promise<Booking[]> {
  const rows = await bookings(db)
    .where('bookings.payment_id', '=', toBytes(paymentId))
    .orderBy('bookings.event_seat_id')
    .execute();
  return withRefunds(db, rows);
}

/** Confirmed bookings of an event, in order of their holds: a page of what is left to cancel. */
export async function listSoldSeats(
  db: DbOrTx,
  sold: { eventId: string; holdId?: string; limit: number },
): Promise<SoldSeat[]> {
  const query = db
    .selectFrom('bookings')
    .select(['booking_id', 'event_id', 'event_seat_id', 'user_id', 'hold_id', 'payment_id', 'amount'])
    .where('event_id', '=', toBytes(sold.eventId))
    .where('status', '=', 'confirmed')
    .orderBy('booking_id')
    .limit(sold.limit);
  const rows = await (
    sold.holdId === undefined ? query : query.where('hold_id', '=', toBytes(sold.holdId))
  ).execute();
  return rows.map((row) => ({
    bookingId: fromBytes(row.booking_id),
    eventId: fromBytes(row.event_id),
    seatId: row.event_seat_id,
    userId: fromBytes(row.user_id),
    holdId: fromBytes(row.hold_id),
    paymentId: row.payment_id === null ? null : fromBytes(row.payment_id),
    amount: row.amount,
  }));
}

function bookings(db: DbOrTx) {
  return db
    .selectFrom('bookings')
    .innerJoin('events', 'events.event_id', 'bookings.event_id')
    .innerJoin(namedSeats(db), (join) =>
      join
        .onRef('seat.event_id', '=', 'bookings.event_id')
        .onRef('seat.event_seat_id', '=', 'bookings.event_seat_id'),
    )
    .select([
      'bookings.booking_id',
      'bookings.event_id',
      'bookings.event_seat_id',
      'bookings.user_id',
      'bookings.hold_id',
      'bookings.payment_id',
      'bookings.status',
      'bookings.amount',
      'bookings.currency',
      'bookings.confirmed_at',
      'bookings.cancelled_at',
      'events.event_name',
      'events.event_date',
      'events.time_zone',
      'events.venue_name',
      'seat.section_name',
      'seat.row_label',
      'seat.seat_label',
      'seat.tier_id',
      'seat.tier_name',
      sql<number>`bookings.status = 'confirmed' AND bookings.checked_in_at IS NULL AND events.status <> 'cancelled'
        AND COALESCE(events.refundable_until > UTC_TIMESTAMP(3), FALSE)`.as('is_cancellable'),
    ]);
}
type BookingRow = Awaited<ReturnType<ReturnType<typeof bookings>['execute']>>[number];

async function withRefunds(db: DbOrTx, rows: readonly BookingRow[]): Promise<Booking[]> {
  const causes = rows
    .filter((row) => row.status !== 'confirmed')
    .map((row) => refundCauseOf(fromBytes(row.booking_id)));
  const refunds =
    causes.length === 0
      ? []
      : await db
          .selectFrom('refunds')
          .select(['dedupe_key', 'status', 'amount'])
          .where('dedupe_key', 'in', causes)
          .execute();
  const byCause = new Map(refunds.map(({ dedupe_key, status, amount }) => [dedupe_key, { status, amount }]));
  return rows.map((row) => toBooking(row, byCause.get(refundCauseOf(fromBytes(row.booking_id))) ?? null));
}

function toBooking(row: BookingRow, refund: Booking['refund']): Booking {
  return {
    bookingId: fromBytes(row.booking_id),
    eventId: fromBytes(row.event_id),
    eventName: row.event_name,
    eventDate: row.event_date,
    timeZone: row.time_zone,
    venueName: row.venue_name,
    seat: toNamedSeat(row),
    userId: fromBytes(row.user_id),
    holdId: fromBytes(row.hold_id),
    paymentId: row.payment_id === null ? null : fromBytes(row.payment_id),
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    confirmedAt: row.confirmed_at,
    cancelledAt: row.cancelled_at,
    refund,
    isCancellable: Boolean(row.is_cancellable),
  };
}
