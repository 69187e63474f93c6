import { z } from 'zod';
import { loadScript } from '../platform/lua-script.ts';
import type { Redis } from '../platform/redis.ts';
import type { SeatChange } from './seat.ts';
import { seatKeys } from './seat-keys.ts';

/** Enough for a viewer who was away for minutes in a rush; one who was away for longer fetches all the seats again. */
const STREAM_ENTRIES_KEPT = 10_000;
const STREAM_TTL_MS = 24 * 60 * 60 * 1000;

const publishScript = loadScript(new URL('./publish-seat-changes.lua', import.meta.url), (reply) =>
  z.string().parse(reply),
);

/**
 * Tells all servers, and so all open seat maps, what changed. Called after the change is committed; when it is lost
 * (the process died, Redis was away), maps are behind until they next fetch the seats, but no invariant hangs on it.
 */
export async function publishSeatChanges(
  redis: Redis,
  eventId: string,
  changes: readonly SeatChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await publishScript(
    redis,
    [seatKeys.changes(eventId)],
    [seatKeys.changesChannel(eventId), JSON.stringify(changes), STREAM_ENTRIES_KEPT, STREAM_TTL_MS],
  );
}
