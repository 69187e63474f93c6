import { toBytes } from '../../../src/platform/id.ts';
import type { Resources } from '../../../src/resources.ts';
import { BLOCKED_HOLD_ID } from '../../../src/seats/seat.ts';
import { readLocks } from '../../../src/seats/seat-locks.ts';

/** At rest every seat is free, sold or kept off sale, and Redis says the same: none is stuck. */
export async function checkSeats(
  resources: Resources,
  eventId: string,
  seatCount: number,
): Promise<string[]> {
  const rows = await resources.db
    .selectFrom('event_seats')
    .select(['event_seat_id', 'status', 'hold_id'])
    .where('event_id', '=', toBytes(eventId))
    .orderBy('event_seat_id')
    .execute();
  const seatIds = Array.from({ length: seatCount }, (_, index) => index + 1);
  const tokens = await readLocks(resources.redis, eventId, seatIds);
  if (rows.length !== seatCount) return [`${rows.length} seats instead of ${seatCount}`];
  const blocked = toBytes(BLOCKED_HOLD_ID);
  return rows.flatMap(({ event_seat_id: seatId, status, hold_id: holdId }) => {
    const token = tokens[seatId - 1] ?? null;
    const isBlocked = holdId?.equals(blocked) === true;
    const expected = status === 'booked' || isBlocked ? 'booked' : null;
    if (status === 'locked' && !isBlocked) return [`seat ${seatId} is still locked`];
    return token === expected ? [] : [`seat ${seatId} is ${status}, and Redis says ${token ?? 'free'}`];
  });
}
