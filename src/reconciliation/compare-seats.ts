import type { SeatId } from '../platform/id.ts';
import { BOOKED_MARKER } from '../seats/seat-keys.ts';

/**
 * Who has a seat, in Redis's words: a hold's id, or `booked` for one that is sold or kept off sale. A seat that is not in
 * it is anybody's.
 */
export type Owners = ReadonlyMap<SeatId, string>;

/** Where Redis and MySQL differ on an event's seats. A seat can be in several lists. */
export type Differences = Readonly<Record<Difference, readonly SeatId[]>>;
/**
 * - `unmarked`: sold, and Redis does not say so
 * - `wronglyMarked`: Redis says sold, and it is not
 * - `unlocked`: locked by a hold, and Redis does not say so
 * - `strange`: Redis says that a hold has the seat, and MySQL says nobody, or another hold
 */
export type Difference = 'unmarked' | 'wronglyMarked' | 'unlocked' | 'strange';

/** Compares what Redis says of the seats with what MySQL says. */
export function compareSeats(redis: Owners, mysql: Owners): Differences {
  const differences: Record<Difference, SeatId[]> = {
    unmarked: [],
    wronglyMarked: [],
    unlocked: [],
    strange: [],
  };
  for (const [seatId, owner] of mysql) {
    if (redis.get(seatId) !== owner)
      differences[owner === BOOKED_MARKER ? 'unmarked' : 'unlocked'].push(seatId);
  }
  for (const [seatId, token] of redis) {
    const owner = mysql.get(seatId);
    // Whatever is sold is about to be marked, over any lock.
    if (token === owner || owner === BOOKED_MARKER) continue;
    differences[token === BOOKED_MARKER ? 'wronglyMarked' : 'strange'].push(seatId);
  }
  return differences;
}
