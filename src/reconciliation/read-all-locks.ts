import type { Resources } from '../resources.ts';
import { readLocks } from '../seats/seat-locks.ts';
import type { WatchedEvent } from './seat-state-store.ts';

const KEYS_PER_CALL = 1_000;

/** What Redis says of every seat of the event, seat n at index n - 1: by their names, never by a scan. */
export async function readAllLocks(
  { redis }: Pick<Resources, 'redis'>,
  event: WatchedEvent,
): Promise<(string | null)[]> {
  const tokens: (string | null)[] = [];
  for (let first = 1; first <= event.seatCount; first += KEYS_PER_CALL) {
    const count = Math.min(KEYS_PER_CALL, event.seatCount - first + 1);
    const seatIds = Array.from({ length: count }, (_, index) => first + index);
    tokens.push(...(await readLocks(redis, event.eventId, seatIds)));
  }
  return tokens;
}
