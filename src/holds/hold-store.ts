import { type Selectable, sql } from 'kysely';
import type { HoldStatus, HoldsTable } from '../../db/schema.ts';
import { type SeatId, fromBytes, toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW, type Tx } from '../platform/mysql.ts';
import { OPEN_STATUSES, assertHoldTransition } from './hold.ts';
import { type ClaimOutcome, ClaimOutcomeSchema } from './jobs.ts';

/** A hold as the database has it at `readAt`, by its own clock. `isOverdue`: its time is over by that clock. */
export type Hold = {
  readonly holdId: string;
  readonly eventId: string;
  readonly userId: string;
  readonly status: HoldStatus;
  readonly expiresAt: Date;
  readonly extendsUntil: Date;
  readonly checkoutLines: string | null;
  readonly endReason: string | null;
  readonly isOverdue: boolean;
  readonly readAt: Date;
};

export async function findHold(db: DbOrTx, holdId: string): Promise<Hold | null> {
  const row = await holds(db).where('hold_id', '=', toBytes(holdId)).executeTakeFirst();
  return row === undefined ? null : toHold(row);
}

/** By id. */
export async function listHolds(db: DbOrTx, holdIds: readonly string[]): Promise<Map<string, Hold>> {
  const rows = await holds(db).where('hold_id', 'in', holdIds.map(toBytes)).execute();
  return new Map(rows.map(toHold).map((hold) => [hold.holdId, hold]));
}

/** The buyer's one open hold of the event, overdue or not. */
export async function findOpenHold(db: DbOrTx, eventId: string, userId: string): Promise<Hold | null> {
  const row = await holds(db)
    .where('event_id', '=', toBytes(eventId))
    .where('user_id', '=', toBytes(userId))
    .where('open_slot', '=', 1)
    .executeTakeFirst();
  return row === undefined ? null : toHold(row);
}

/** Reads the hold and locks its row: the first lock of every transaction that changes a hold, a payment or their seats. */
export async function lockHold(tx: Tx, eventId: string, holdId: string): Promise<Hold | null> {
  const row = await holds(tx)
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', '=', toBytes(holdId))
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : toHold(row);
}

/** Moves a hold from one of the states `from` to `to`; false when it is in none of them (any more). */
export async function moveHold(
  tx: Tx,
  move: {
    eventId: string;
    holdId: string;
    from: readonly HoldStatus[];
    to: HoldStatus;
    set?: { expiresAt?: Date; extendsUntil?: Date; checkoutLines?: string | null };
    reason?: string;
  },
): Promise<boolean> {
  assertHoldTransition(move.from, move.to);
  const result = await tx
    .updateTable('holds')
    .set({
      status: move.to,
      updated_at: NOW,
      ...(move.set?.expiresAt === undefined ? {} : { expires_at: move.set.expiresAt }),
      ...(move.set?.extendsUntil === undefined ? {} : { extends_until: move.set.extendsUntil }),
      ...(move.set?.checkoutLines === undefined ? {} : { checkout_lines: move.set.checkoutLines }),
      ...(move.reason === undefined ? {} : { end_reason: move.reason }),
    })
    .where('event_id', '=', toBytes(move.eventId))
    .where('hold_id', '=', toBytes(move.holdId))
    .where('status', 'in', [...move.from])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Moves the expiry of an open hold, as when its checkout begins later than it was asked for. */
export async function extendHold(
  tx: Tx,
  hold: { eventId: string; holdId: string; expiresAt: Date },
): Promise<boolean> {
  const result = await tx
    .updateTable('holds')
    .set({ expires_at: hold.expiresAt, updated_at: NOW })
    .where('event_id', '=', toBytes(hold.eventId))
    .where('hold_id', '=', toBytes(hold.holdId))
    .where('status', 'in', [...OPEN_STATUSES])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** What was decided on a claim, or null while it waits. */
export async function findClaimOutcome(
  db: DbOrTx,
  eventId: string,
  claimId: string,
): Promise<ClaimOutcome | null> {
  return (await listClaimOutcomes(db, eventId, [claimId])).get(claimId) ?? null;
}

/**
 * What was decided on those of the claims that do not wait any more. A claim that opened a hold has its id, and the hold is
 * its only record; one that a hold was struck off with has none, but the hold's row. In one statement, since a claim may be
 * decided between two.
 */
export async function listClaimOutcomes(
  db: DbOrTx,
  eventId: string,
  claimIds: readonly string[],
): Promise<Map<string, ClaimOutcome>> {
  if (claimIds.length === 0) return new Map();
  const event = toBytes(eventId);
  const ids = claimIds.map(toBytes);
  const rows = await claims(db)
    .select(['claim_id', sql<number>`1`.as('is_own')])
    .where('event_id', '=', event)
    .where('claim_id', 'in', ids)
    .unionAll(
      db
        .selectFrom('holds')
        .select([
          'hold_id',
          sql<'held' | 'rejected'>`IF(opened_with IS NULL, 'rejected', 'held')`.as('outcome'),
          sql<string | null>`IF(opened_with IS NULL, 'released', NULL)`.as('reason'),
          sql<string | null>`NULL`.as('taken_seat_ids'),
          'hold_id as claim_id',
          sql<number>`0`.as('is_own'),
        ])
        .where('event_id', '=', event)
        .where('hold_id', 'in', ids),
    )
    .execute();
  // A claim's own row tells more than that of the hold which it did not open.
  const inOrder = rows.toSorted((a, b) => a.is_own - b.is_own);
  return new Map(inOrder.map((row) => [fromBytes(row.claim_id), toOutcome(row)]));
}

/** Why a hold that never came about was rejected. */
export async function findRejection(db: DbOrTx, holdId: string): Promise<ClaimOutcome | null> {
  const row = await claims(db)
    .where('hold_id', '=', toBytes(holdId))
    .where('outcome', '=', 'rejected')
    .orderBy('claim_id', 'desc')
    .executeTakeFirst();
  return row === undefined ? null : toOutcome(row);
}

/** How many seats the buyer has bought for the event. */
export async function countBooked(
  db: DbOrTx,
  eventId: string,
  userIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('bookings')
    .select(['user_id', sql<number>`COUNT(*)`.as('count')])
    .where('event_id', '=', toBytes(eventId))
    .where('user_id', 'in', userIds.map(toBytes))
    .where('status', '=', 'confirmed')
    .groupBy('user_id')
    .execute();
  return new Map(rows.map((row) => [fromBytes(row.user_id), row.count]));
}

function holds(db: DbOrTx) {
  return db
    .selectFrom('holds')
    .select([
      'hold_id',
      'event_id',
      'user_id',
      'status',
      'expires_at',
      'extends_until',
      'checkout_lines',
      'end_reason',
      NOW.as('read_at'),
    ]);
}

export type HoldRow = Omit<
  Selectable<HoldsTable>,
  'open_slot' | 'created_at' | 'updated_at' | 'opened_with'
> & {
  read_at: Date;
};

export function toHold(row: HoldRow): Hold {
  return {
    holdId: fromBytes(row.hold_id),
    eventId: fromBytes(row.event_id),
    userId: fromBytes(row.user_id),
    status: row.status,
    expiresAt: row.expires_at,
    extendsUntil: row.extends_until,
    checkoutLines: row.checkout_lines,
    endReason: row.end_reason,
    isOverdue: row.expires_at <= row.read_at,
    readAt: row.read_at,
  };
}

function claims(db: DbOrTx) {
  return db.selectFrom('hold_claims').select(['hold_id', 'outcome', 'reason', 'taken_seat_ids']);
}

export function toOutcome(row: {
  hold_id: Buffer;
  outcome: 'held' | 'rejected';
  reason: string | null;
  taken_seat_ids: string | null;
}): ClaimOutcome {
  const seatIds: SeatId[] = JSON.parse(row.taken_seat_ids ?? '[]');
  return ClaimOutcomeSchema.parse({
    outcome: row.outcome,
    holdId: fromBytes(row.hold_id),
    reason: row.reason,
    seatIds,
  });
}
