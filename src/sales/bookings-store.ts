import { sql } from 'kysely';
import type { BookingStatus } from '../../db/schema.ts';
import { fromBytes, toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';
import { type NamedSeat, namedSeats, toNamedSeat } from '../seats/named-seat-store.ts';

/** A booking as the event's organiser sees it: with its buyer. */
export type SoldBooking = {
  readonly id: string;
  readonly seat: NamedSeat;
  readonly buyer: {
    readonly id: string;
    readonly name: string | null;
    readonly email: string | null;
    readonly isGuest: boolean;
  };
  readonly amount: number;
  readonly currency: string;
  readonly status: BookingStatus;
  readonly paymentId: string | null;
  readonly confirmedAt: Date;
  readonly cancelledAt: Date | null;
};

/** A page of an event's bookings, newest first. */
export async function listEventBookings(
  db: DbOrTx,
  page: { eventId: string; status: BookingStatus | null; limit: number; offset: number },
): Promise<{ items: SoldBooking[]; total: number }> {
  const event = toBytes(page.eventId);
  const counted = db
    .selectFrom('bookings')
    .select((row) => row.fn.countAll<number | string>().as('total'))
    .where('event_id', '=', event);
  const listed = bookings(db, page.eventId).orderBy('bookings.booking_id', 'desc');
  const [rows, { total }] = await Promise.all([
    (page.status === null ? listed : listed.where('bookings.status', '=', page.status))
      .limit(page.limit)
      .offset(page.offset)
      .execute(),
    (page.status === null ? counted : counted.where('status', '=', page.status)).executeTakeFirstOrThrow(),
  ]);
  return { items: rows.map(toBooking), total: Number(total) };
}

/** The next bookings after one, in the order in which they were made; null begins. */
export async function listBookingsAfter(
  db: DbOrTx,
  { eventId, after, limit }: { eventId: string; after: string | null; limit: number },
): Promise<SoldBooking[]> {
  const query = bookings(db, eventId).orderBy('bookings.booking_id').limit(limit);
  const rows = await (
    after === null ? query : query.where('bookings.booking_id', '>', toBytes(after))
  ).execute();
  return rows.map(toBooking);
}

function bookings(db: DbOrTx, eventId: string) {
  return db
    .selectFrom('bookings')
    .innerJoin(namedSeats(db), (join) =>
      join
        .onRef('seat.event_id', '=', 'bookings.event_id')
        .onRef('seat.event_seat_id', '=', 'bookings.event_seat_id'),
    )
    .leftJoin('users', 'users.user_id', 'bookings.user_id')
    .leftJoin('payments', 'payments.payment_id', 'bookings.payment_id')
    .select([
      'bookings.booking_id',
      'bookings.event_seat_id',
      'bookings.user_id',
      'bookings.payment_id',
      'bookings.status',
      'bookings.amount',
      'bookings.currency',
      'bookings.confirmed_at',
      'bookings.cancelled_at',
      'seat.section_name',
      'seat.row_label',
      'seat.seat_label',
      'seat.tier_id',
      'seat.tier_name',
      'users.user_name',
      'users.user_email',
      'users.is_guest',
      // A guest has no address but the one given at checkout, which stands in the request to Stripe.
      sql<string | null>`JSON_UNQUOTE(JSON_EXTRACT(payments.request_json, '$.customer_email'))`.as(
        'checkout_email',
      ),
    ])
    .where('bookings.event_id', '=', toBytes(eventId));
}

type Row = Awaited<ReturnType<ReturnType<typeof bookings>['execute']>>[number];

function toBooking(row: Row): SoldBooking {
  return {
    id: fromBytes(row.booking_id),
    seat: toNamedSeat(row),
    buyer: {
      id: fromBytes(row.user_id),
      name: row.user_name,
      email: row.user_email ?? row.checkout_email,
      isGuest: row.is_guest === 1,
    },
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    paymentId: row.payment_id === null ? null : fromBytes(row.payment_id),
    confirmedAt: row.confirmed_at,
    cancelledAt: row.cancelled_at,
  };
}
