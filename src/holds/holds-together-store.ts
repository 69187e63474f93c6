import { sql } from 'kysely';
import { jsonRows } from '../platform/json-rows.ts';
import { NotAllAlike, type Tx } from '../platform/mysql.ts';
import { assertHoldTransition } from './hold.ts';
import { type Hold, type HoldRow, toHold } from './hold-store.ts';

type HoldKey = { readonly eventId: string; readonly holdId: string };
const HOLD_KEY = { eventId: 'id', holdId: 'id' } as const;

/** MariaDB would filter by a key of the event too, and lock all of its holds on the way. */
const BY_KEY = sql`holds FORCE INDEX (PRIMARY)`;

/** The holds, locked until the transaction ends; those that another transaction has locked are left out. */
export async function lockFreeHolds(tx: Tx, holds: readonly HoldKey[]): Promise<Map<string, Hold>> {
  const { table, of } = jsonRows('one', HOLD_KEY, holds);
  const { rows } = await sql<HoldRow>`
    SELECT holds.*, UTC_TIMESTAMP(3) AS read_at
    FROM ${table} STRAIGHT_JOIN ${BY_KEY} ON holds.event_id = ${of('eventId')} AND holds.hold_id = ${of('holdId')}
    FOR UPDATE SKIP LOCKED
  `.execute(tx);
  return new Map(rows.map(toHold).map((hold) => [hold.holdId, hold]));
}

/** Moves holds that the buyers have to checkout, each with what it is charged for. @throws NotAllAlike */
export async function moveToCheckout(
  tx: Tx,
  holds: readonly (HoldKey & { readonly checkoutLines: string })[],
  expiresAt: Date,
): Promise<void> {
  assertHoldTransition(['held'], 'checkout');
  const { table, of } = jsonRows('one', { ...HOLD_KEY, checkoutLines: 'text' }, holds);
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN ${BY_KEY} ON holds.event_id = ${of('eventId')} AND holds.hold_id = ${of('holdId')}
    SET holds.status = 'checkout', holds.expires_at = ${expiresAt}, holds.checkout_lines = ${of('checkoutLines')},
        holds.updated_at = UTC_TIMESTAMP(3)
    WHERE holds.status = 'held'
  `.execute(tx);
  NotAllAlike.unless(Number(numAffectedRows), holds.length, 'holds');
}

/** Ends holds in checkout whose seats are sold. @throws NotAllAlike */
export async function moveToBooked(tx: Tx, holds: readonly HoldKey[]): Promise<void> {
  assertHoldTransition(['checkout'], 'booked');
  const { table, of } = jsonRows('one', HOLD_KEY, holds);
  const { numAffectedRows } = await sql`
    UPDATE ${table} STRAIGHT_JOIN ${BY_KEY} ON holds.event_id = ${of('eventId')} AND holds.hold_id = ${of('holdId')}
    SET holds.status = 'booked', holds.end_reason = 'paid', holds.updated_at = UTC_TIMESTAMP(3)
    WHERE holds.status = 'checkout'
  `.execute(tx);
  NotAllAlike.unless(Number(numAffectedRows), holds.length, 'holds');
}
