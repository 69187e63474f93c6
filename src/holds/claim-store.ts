import { sql } from 'kysely';
import { type SeatId, toBytes } from '../platform/id.ts';
import { NOW, type Tx } from '../platform/mysql.ts';
import { appendSeatLog } from '../seats/seat-store.ts';
import type { BatchState, Decision, OpenHold } from './decide-claims.ts';

/** Writes what was decided: new holds, locked seats, moved expiries, the record of the claims, the seats' story. */
export async function writeDecisions(
  tx: Tx,
  eventId: string,
  decisions: readonly Decision[],
  state: BatchState,
): Promise<void> {
  const changed = new Set(
    decisions.filter(({ outcome }) => outcome.outcome === 'held').map(({ claim }) => claim.userId),
  );
  const holds = [...state.openHolds.values()].filter((hold) => changed.has(hold.userId));
  await insertHolds(tx, eventId, decisions.filter(isOpening), state);
  await insertRejectedHolds(tx, eventId, decisions, state);
  await lockDecidedSeats(tx, eventId, holds, decisions);
  for (const hold of holds.filter((each) => !each.isNew)) await extendJoined(tx, eventId, hold);
  const others = decisions.filter((decision) => !isOpening(decision));
  if (others.length > 0) await insertClaims(tx, eventId, others, state.nowMs);
}

/** Whether the claim opens a hold, which has the claim's id then, and is its record. */
function isOpening({ claim, outcome }: Decision): boolean {
  return outcome.outcome === 'held' && outcome.holdId === claim.claimId;
}

async function insertHolds(
  tx: Tx,
  eventId: string,
  openings: readonly Decision[],
  { nowMs, openHolds }: BatchState,
): Promise<void> {
  const now = new Date(nowMs);
  const rows = openings.flatMap(({ claim }) => {
    const hold = openHolds.get(claim.userId);
    if (hold?.holdId !== claim.claimId) return [];
    return {
      event_id: toBytes(eventId),
      hold_id: toBytes(hold.holdId),
      user_id: toBytes(hold.userId),
      status: 'held' as const,
      expires_at: new Date(hold.expiresAtMs),
      extends_until: new Date(hold.extendsUntilMs),
      created_at: now,
      updated_at: now,
      opened_with: JSON.stringify(claim.seatIds),
    };
  });
  if (rows.length > 0) await tx.insertInto('holds').values(rows).execute();
}

/** A rejected claim that would have opened a hold leaves a rejected hold, for a buyer who was answered 202 to find. */
async function insertRejectedHolds(
  tx: Tx,
  eventId: string,
  decisions: readonly Decision[],
  state: BatchState,
): Promise<void> {
  const rejected = decisions.filter(
    ({ claim, outcome }) => outcome.outcome === 'rejected' && outcome.holdId === claim.claimId,
  );
  if (rejected.length === 0) return;
  const now = new Date(state.nowMs);
  await tx
    .insertInto('holds')
    .values(
      rejected.map(({ claim, outcome }) => ({
        event_id: toBytes(eventId),
        hold_id: toBytes(claim.claimId),
        user_id: toBytes(claim.userId),
        status: 'rejected' as const,
        expires_at: now,
        extends_until: now,
        end_reason: outcome.outcome === 'rejected' ? outcome.reason : null,
        created_at: now,
        updated_at: now,
      })),
    )
    .execute();
}

/**
 * The rows were locked when they were judged, and the condition stands in the UPDATE all the same: a count that differs
 * means that a judgement was wrong, and rolls the batch back.
 */
async function lockDecidedSeats(
  tx: Tx,
  eventId: string,
  holds: readonly OpenHold[],
  decisions: readonly Decision[],
): Promise<void> {
  const byHold = new Map(holds.map((hold) => [hold.holdId, hold]));
  const seats = decisions.flatMap(({ outcome, newSeatIds }) => {
    const hold = byHold.get(outcome.holdId);
    return hold === undefined ? [] : newSeatIds.map((seatId) => ({ seatId, hold }));
  });
  if (seats.length === 0) return;
  const rows = seats.map(
    ({ seatId, hold }) =>
      sql`SELECT ${seatId} AS seat_id, ${toBytes(hold.holdId)} AS hold_id, ${toBytes(hold.userId)} AS user_id, ${new Date(hold.expiresAtMs)} AS expires_at`,
  );
  const result = await sql`
    UPDATE event_seats AS seat
    JOIN (${sql.join(rows, sql` UNION ALL `)}) AS decided ON seat.event_id = ${toBytes(eventId)} AND seat.event_seat_id = decided.seat_id
    SET seat.status = 'locked', seat.lock_kind = 'hold', seat.hold_id = decided.hold_id,
        seat.locked_user_id = decided.user_id, seat.lock_expire = decided.expires_at
    WHERE seat.status = 'available' OR (seat.status = 'locked' AND seat.lock_kind = 'hold' AND seat.lock_expire <= UTC_TIMESTAMP(3))
  `.execute(tx);
  if (Number(result.numAffectedRows) !== seats.length) {
    throw new Error(
      `Locked ${result.numAffectedRows} seats where ${seats.length} were decided: rolled back.`,
    );
  }
  await appendSeatLog(
    tx,
    decisions.flatMap(({ claim, outcome, newSeatIds, takenOver }) => {
      const entry = { eventId, to: 'locked' as const, holdId: outcome.holdId, userId: claim.userId };
      return [
        {
          ...entry,
          from: 'available' as const,
          seatIds: newSeatIds.filter((seatId) => !takenOver.includes(seatId)),
          reason: 'selected',
        },
        { ...entry, from: 'locked' as const, seatIds: takenOver, reason: 'taken_over' },
      ];
    }),
  );
}

async function extendJoined(tx: Tx, eventId: string, hold: OpenHold): Promise<void> {
  const expiresAt = new Date(hold.expiresAtMs);
  await tx
    .updateTable('holds')
    .set({ expires_at: expiresAt, updated_at: NOW })
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', '=', toBytes(hold.holdId))
    .where('status', '=', 'held')
    .execute();
  await tx
    .updateTable('event_seats')
    .set({ lock_expire: expiresAt })
    .where('event_id', '=', toBytes(eventId))
    .where('hold_id', '=', toBytes(hold.holdId))
    .where('status', '=', 'locked')
    .execute();
}

async function insertClaims(
  tx: Tx,
  eventId: string,
  decisions: readonly Decision[],
  nowMs: number,
): Promise<void> {
  await tx
    .insertInto('hold_claims')
    .values(
      decisions.map(({ claim, outcome }) => ({
        event_id: toBytes(eventId),
        claim_id: toBytes(claim.claimId),
        hold_id: toBytes(outcome.holdId),
        user_id: toBytes(claim.userId),
        outcome: outcome.outcome,
        reason: outcome.outcome === 'rejected' ? outcome.reason : null,
        seat_ids: JSON.stringify(claim.seatIds),
        taken_seat_ids: outcome.outcome === 'rejected' ? JSON.stringify(outcome.seatIds) : null,
        created_at: new Date(nowMs),
      })),
    )
    .execute();
}

/** Decides a claim against its buyer's own wish, before the worker does; a duplicate key says that the worker was first. */
export async function insertStruckOff(
  tx: Tx,
  claim: { eventId: string; holdId: string; userId: string; claimId: string; seatIds: readonly SeatId[] },
): Promise<void> {
  const keys = {
    event_id: toBytes(claim.eventId),
    hold_id: toBytes(claim.holdId),
    user_id: toBytes(claim.userId),
  };
  await tx
    .insertInto('hold_claims')
    .values({
      ...keys,
      claim_id: toBytes(claim.claimId),
      outcome: 'rejected',
      reason: 'released',
      seat_ids: JSON.stringify(claim.seatIds),
      taken_seat_ids: '[]',
      created_at: NOW,
    })
    .execute();
  await tx
    .insertInto('holds')
    .values({
      ...keys,
      status: 'released',
      expires_at: NOW,
      extends_until: NOW,
      end_reason: 'released',
      created_at: NOW,
      updated_at: NOW,
    })
    .execute();
}
