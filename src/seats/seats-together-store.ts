import { sql } from 'kysely';
import { type SeatId, fromBytes } from '../platform/id.ts';
import { jsonRows } from '../platform/json-rows.ts';
import { NotAllAlike, type Tx } from '../platform/mysql.ts';
import { appendSeatLog } from './seat-store.ts';

type HoldKey = { readonly eventId: string; readonly holdId: string };
const HOLD_KEY = { eventId: 'id', holdId: 'id' } as const;

/** By its statistics, which are from before the rush, the key by hold looks as if it told no seats of an event apart. */
export const SEAT_BY_HOLD = sql`event_seats AS seat FORCE INDEX (by_hold)`;

export type SoldTogether = HoldKey & { readonly userId: string; readonly seatIds: readonly SeatId[] };

/** Turns the seats that the holds have locked into sold ones. @throws NotAllAlike unless each has locked just these, and nobody else has a hand on them. */
export async function bookAllSeats(tx: Tx, sales: readonly SoldTogether[]): Promise<void> {
  const { table, of } = jsonRows('one', HOLD_KEY, sales);
  const { rows: locked } = await sql<{ hold_id: Buffer; event_seat_id: SeatId }>`
    SELECT seat.hold_id, seat.event_seat_id
    FROM ${table} STRAIGHT_JOIN ${SEAT_BY_HOLD} ON seat.event_id = ${of('eventId')} AND seat.hold_id = ${of('holdId')}
    WHERE seat.status = 'locked'
    FOR UPDATE SKIP LOCKED
  `.execute(tx);
  const lockedBy = Map.groupBy(locked, (seat) => fromBytes(seat.hold_id));
  const asSold = sales.filter(({ holdId, seatIds }) => {
    const seats = lockedBy.get(holdId) ?? [];
    return seats.length === seatIds.length && seats.every((seat) => seatIds.includes(seat.event_seat_id));
  });
  NotAllAlike.unless(asSold.length, sales.length, 'holds with their seats');
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN ${SEAT_BY_HOLD} ON seat.event_id = ${of('eventId')} AND seat.hold_id = ${of('holdId')}
    SET seat.status = 'booked', seat.lock_kind = NULL, seat.lock_expire = NULL
    WHERE seat.status = 'locked'
  `.execute(tx);
  NotAllAlike.unless(Number(numAffectedRows), locked.length, 'seats');
  await appendSeatLog(
    tx,
    sales.map((sale) => ({ ...sale, from: 'locked', to: 'booked', reason: 'paid' })),
  );
}

/** Moves the expiry of all the locks of holds that go to checkout; returns how many locks those were. */
export async function extendLocksForCheckout(
  tx: Tx,
  holds: readonly HoldKey[],
  expiresAt: Date,
): Promise<number> {
  const { table, of } = jsonRows('one', HOLD_KEY, holds);
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN ${SEAT_BY_HOLD} ON seat.event_id = ${of('eventId')} AND seat.hold_id = ${of('holdId')}
    SET seat.lock_expire = ${expiresAt}, seat.lock_kind = 'checkout'
    WHERE seat.status = 'locked'
  `.execute(tx);
  return Number(numAffectedRows);
}
