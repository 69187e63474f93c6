import { sql } from 'kysely';
import type { BookingStatus } from '../../db/schema.ts';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';

/** A booking as the event's organiser sees it: with its buyer. */
export type SoldBooking = {
  readonly id: string;
  readonly seat: {
    readonly id: SeatId;
    readonly section: string;
    readonly row: string;
    readonly label: string;
    readonly tier: number;
    readonly tierName: string;
  };
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
    .innerJoin('event_seats', (join) =>
      join
        .onRef('event_seats.event_id', '=', 'bookings.event_id')
        .onRef('event_seats.event_seat_id', '=', 'bookings.event_seat_id'),
    )
    .leftJoin('event_sections', (join) =>
      join
        .onRef('event_sections.event_id', '=', 'event_seats.event_id')
        .onRef('event_sections.section_id', '=', 'event_seats.section_id'),
    )
    .leftJoin('event_tiers', (join) =>
      join
        .onRef('event_tiers.event_id', '=', 'event_seats.event_id')
        .onRef('event_tiers.tier_id', '=', 'event_seats.tier_id'),
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
      'event_seats.tier_id',
      'event_seats.row_label',
      'event_seats.seat_label',
      'event_sections.section_name',
      'event_tiers.tier_name',
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
    seat: {
      id: row.event_seat_id,
      section: row.section_name ?? '',
      row: row.row_label,
      label: row.seat_label,
      tier: row.tier_id,
      tierName: row.tier_name ?? '',
    },
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
