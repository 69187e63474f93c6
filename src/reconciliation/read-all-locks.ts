import type { SeatId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { readLocks } from '../seats/seat-locks.ts';
import type { WatchedEvent } from './seat-state-store.ts';

const KEYS_PER_CALL = 1_000;

/** What Redis says of the event's seats, where it says anything: by their names, never by a scan. */
export async function readAllLocks(
  { redis }: Pick<Resources, 'redis'>,
  { eventId, seatCount }: WatchedEvent,
): Promise<Map<SeatId, string>> {
  const owners = new Map<SeatId, string>();
  for (let first = 1; first <= seatCount; first += KEYS_PER_CALL) {
    const count = Math.min(KEYS_PER_CALL, seatCount - first + 1);
    const seatIds = Array.from({ length: count }, (_, index) => first + index);
    for (const [index, token] of (await readLocks(redis, eventId, seatIds)).entries())
      if (token !== null) owners.set(first + index, token);
  }
  return owners;
}
