import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { EventStatus } from '../../db/schema.ts';
import { fromBytes, toBytes } from '../platform/id.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { type DbOrTx, NOW, type Tx } from '../platform/mysql.ts';
import { type NamedSeat, type NamedSeatRow, toNamedSeat } from '../seats/named-seat-store.ts';
import { SEAT_BY_HOLD } from '../seats/seats-together-store.ts';

export type EventForSale = { readonly name: string; readonly status: EventStatus; readonly currency: string };

/**
 * Reads the event and keeps it from changing until the transaction ends, while others may read it too: an event that is
 * being cancelled waits for the sales at hand, and a sale after it sees that it is cancelled. Locked before the hold.
 */
export async function shareEvent(tx: Tx, eventId: string): Promise<EventForSale | null> {
  return (await shareEvents(tx, [eventId])).get(eventId) ?? null;
}

/** The same for several, by id. */
export async function shareEvents(tx: Tx, eventIds: readonly string[]): Promise<Map<string, EventForSale>> {
  const rows = await tx
    .selectFrom('events')
    .select(['event_id', 'event_name', 'status', 'currency'])
    .where('event_id', 'in', [...new Set(eventIds)].map(toBytes))
    .modifyEnd(sql`LOCK IN SHARE MODE`)
    .execute();
  return new Map(
    rows.map((row) => [
      fromBytes(row.event_id),
      { name: row.event_name, status: row.status, currency: row.currency },
    ]),
  );
}

export type PricedSeat = NamedSeat & { readonly amount: number };

/** The seats that each hold has locked, by hold, with the prices of this moment: the only prices that are ever charged. */
export async function listPricedSeats(
  tx: Tx,
  holds: readonly { readonly eventId: string; readonly holdId: string }[],
): Promise<Map<string, PricedSeat[]>> {
  const { table, of } = jsonRows('one', { eventId: 'id', holdId: 'id' }, holds);
  const { rows } = await sql<NamedSeatRow>`
    SELECT seat.hold_id, seat.event_seat_id, seat.row_label, seat.seat_label, seat.tier_id, event_sections.section_name,
      event_tiers.tier_name, event_tiers.price_amount
    FROM ${table} STRAIGHT_JOIN ${SEAT_BY_HOLD} ON seat.event_id = ${of('eventId')} AND seat.hold_id = ${of('holdId')}
    LEFT JOIN event_sections
      ON event_sections.event_id = seat.event_id AND event_sections.section_id = seat.section_id
    LEFT JOIN event_tiers ON event_tiers.event_id = seat.event_id AND event_tiers.tier_id = seat.tier_id
    WHERE seat.status = 'locked'
    ORDER BY seat.event_seat_id
  `.execute(tx);
  const seats = rows.map((row) => {
    assert(row.hold_id !== null && row.price_amount !== null, 'a plan gives every seat a tier');
    return { holdId: fromBytes(row.hold_id), ...toNamedSeat(row), amount: row.price_amount };
  });
  return Map.groupBy(seats, ({ holdId }) => holdId);
}

export type CheckoutAtHand = {
  readonly eventId: string;
  readonly holdId: string;
  readonly paymentId: string;
};

/**
 * Payments whose hold's time at Stripe is over, or whose hold is not at Stripe any more. One that still waits for its
 * turn in Stripe's rate keeps its hold for `waitMsMax` more. Found by payments, since those that wait for money are few.
 */
export async function listOverdueCheckouts(
  db: DbOrTx,
  waitMsMax: number,
  limit: number,
): Promise<CheckoutAtHand[]> {
  const rows = await db
    .selectFrom('payments')
    .innerJoin('holds', (join) =>
      join.onRef('holds.event_id', '=', 'payments.event_id').onRef('holds.hold_id', '=', 'payments.hold_id'),
    )
    .select(['payments.event_id', 'payments.hold_id', 'payments.payment_id'])
    .where('payments.payment_status', '=', 'pending')
    .where((where) =>
      where.or([
        where('holds.status', '!=', 'checkout'),
        where.and([
          where('holds.expires_at', '<=', NOW),
          where('payments.checkout_session_id', 'is not', null),
        ]),
        where(
          'payments.created_at',
          '<=',
          sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${Math.round(waitMsMax) * 1000} MICROSECOND`,
        ).and('holds.expires_at', '<=', NOW),
      ]),
    )
    .orderBy('holds.expires_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    eventId: fromBytes(row.event_id),
    holdId: fromBytes(row.hold_id),
    paymentId: fromBytes(row.payment_id),
  }));
}

/** Open holds of an event: those to be ended when it is cancelled. */
export async function listOpenHolds(
  db: DbOrTx,
  open: { eventId: string; limit: number },
): Promise<{ holdId: string; userId: string; status: 'queued' | 'held' | 'checkout' }[]> {
  const rows = await db
    .selectFrom('holds')
    .select(['hold_id', 'user_id', 'status'])
    .where('event_id', '=', toBytes(open.eventId))
    .where('status', 'in', ['queued', 'held', 'checkout'])
    .orderBy('hold_id')
    .limit(open.limit)
    .execute();
  return rows.flatMap((row) =>
    row.status === 'queued' || row.status === 'held' || row.status === 'checkout'
      ? { holdId: fromBytes(row.hold_id), userId: fromBytes(row.user_id), status: row.status }
      : [],
  );
}

/** Cancelled events that still have open holds or confirmed bookings: their cancelling was cut short. */
export async function listUnfinishedCancellations(db: DbOrTx, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('events')
    .select('event_id')
    .where('status', '=', 'cancelled')
    .where((where) =>
      where.or([
        where.exists(
          where
            .selectFrom('bookings')
            .select('booking_id')
            .whereRef('bookings.event_id', '=', 'events.event_id')
            .where('bookings.status', '=', 'confirmed'),
        ),
        where.exists(
          where
            .selectFrom('holds')
            .select('hold_id')
            .whereRef('holds.event_id', '=', 'events.event_id')
            .where('holds.status', 'in', ['queued', 'held', 'checkout']),
        ),
      ]),
    )
    .limit(limit)
    .execute();
  return rows.map((row) => fromBytes(row.event_id));
}
