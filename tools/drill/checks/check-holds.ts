import { fromBytes, toBytes } from '../../../src/platform/id.ts';
import type { Db } from '../../../src/platform/mysql.ts';
import { readAnswer } from '../answers.ts';
import type { Entry } from '../ledger.ts';

/** A seat that a buyer was told to have, and until when. */
type Told = {
  readonly holdId: string;
  readonly seatId: number;
  readonly untilMs: number;
  readonly answeredMs: number;
};
/** How a hold came to a seat or lost it, by the seats' own story. */
type Turn = {
  readonly seatId: number;
  readonly holdId: string | null;
  readonly to: string;
  readonly reason: string;
  readonly atMs: number;
};

/** The story is told in milliseconds, by a clock that is not quite ours. */
const CLOCK_MARGIN_MS = 50;

/**
 * Every seat that was answered with 201 was held until its time was over, or booked, or given up by its owner: or its event was
 * called off: by the seats' story in MySQL, compared with what the buyers were told and what they asked for.
 */
export async function checkHolds(db: Db, eventId: string, entries: readonly Entry[]): Promise<string[]> {
  const turns = await readTurns(db, eventId);
  const byHold = Map.groupBy(turns, ({ holdId }) => holdId ?? '');
  const bySeat = Map.groupBy(turns, ({ seatId }) => seatId);
  return toldSeats(entries).flatMap((told) => {
    const own = (byHold.get(told.holdId) ?? []).filter(({ seatId }) => seatId === told.seatId);
    const what = `seat ${told.seatId} of hold ${told.holdId}`;
    if (!own.some(({ to }) => to === 'locked')) return [`${what} was answered 201 and never written`];
    const lost = lossOf(told, bySeat.get(told.seatId) ?? []);
    if (lost === null || lost.to === 'booked' || lost.reason === 'event_cancelled') return [];
    if (lost.reason === 'released' || lost.reason === 'buyer_cancelled') {
      return wasAskedFor(entries, told, lost) ? [] : [`${what} was given up, and nobody had asked for that`];
    }
    const isEarly = lost.atMs < told.untilMs - CLOCK_MARGIN_MS && !wasLoosened(entries, told, lost);
    return isEarly
      ? [
          `${what} was lost (${lost.reason}) ${Math.round(told.untilMs - lost.atMs)} ms before its time was over`,
        ]
      : [];
  });
}

function toldSeats(entries: readonly Entry[]): Told[] {
  return entries.flatMap(({ call, status, body, answeredMs }) => {
    const hold = call === 'hold' && status === 201 ? readAnswer.hold(body) : null;
    if (hold === null) return [];
    const untilMs = Date.parse(hold.expiresAt);
    return hold.seats.map(({ id: seatId }) => ({ holdId: hold.id, seatId, untilMs, answeredMs }));
  });
}

/** What ended the hold's having the seat, after it was told of; null when nothing did. */
function lossOf(told: Told, story: readonly Turn[]): Turn | null {
  const own = story.filter(({ holdId }) => holdId === told.holdId);
  const after = own.filter(({ to, atMs }) => to !== 'locked' && atMs > told.answeredMs - CLOCK_MARGIN_MS);
  const takenOver = story.find(
    ({ to, holdId, atMs }) => to === 'locked' && holdId !== told.holdId && atMs > told.answeredMs,
  );
  const [first] = [...after, ...(takenOver === undefined ? [] : [takenOver])].toSorted(
    (a, b) => a.atMs - b.atMs,
  );
  return first ?? null;
}

/** The owner asked for it, or paid for what else the hold had, which ends the hold. */
function wasAskedFor(entries: readonly Entry[], { holdId }: Told, { atMs }: Turn): boolean {
  const asks: ReadonlySet<string> = new Set(['release', 'release-seat', 'check-out', 'cancel']);
  return entries.some(
    ({ call, asked, sentMs }) =>
      asks.has(call) && (asked.holdId ?? holdId) === holdId && sentMs <= atMs + CLOCK_MARGIN_MS,
  );
}

/** Whoever comes back from paying has the time that is left. */
function wasLoosened(entries: readonly Entry[], { holdId }: Told, { atMs }: Turn): boolean {
  return entries.some(
    ({ call, asked, sentMs }) =>
      call === 'leave-checkout' && asked.holdId === holdId && sentMs <= atMs + CLOCK_MARGIN_MS,
  );
}

async function readTurns(db: Db, eventId: string): Promise<Turn[]> {
  const rows = await db
    .selectFrom('seat_log')
    .select(['event_seat_id', 'hold_id', 'to_status', 'reason', 'created_at'])
    .where('event_id', '=', toBytes(eventId))
    .orderBy('created_at')
    .execute();
  return rows.map((row) => ({
    seatId: row.event_seat_id,
    holdId: row.hold_id === null ? null : fromBytes(row.hold_id),
    to: row.to_status,
    reason: row.reason,
    atMs: row.created_at.getTime(),
  }));
}
