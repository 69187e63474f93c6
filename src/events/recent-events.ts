import { LRUCache } from 'lru-cache';
import { onePer } from '../platform/one-per.ts';
import type { Db } from '../platform/mysql.ts';
import type { EventRecord } from './event.ts';
import { countTakenSeats, findEvent } from './event-store.ts';

const EVENTS_CACHED_MAX = 2_000;
const EVENT_STALE_MS_MAX = 1_000;
const COUNT_STALE_MS_MAX = 2_000;

type Reader = { readonly db: Db };

const events = onePer(
  (db: Db) =>
    new LRUCache<string, { event: EventRecord | null }>({
      max: EVENTS_CACHED_MAX,
      ttl: EVENT_STALE_MS_MAX,
      ignoreFetchAbort: true,
      fetchMethod: async (eventId) => ({ event: await findEvent(db, eventId) }),
    }),
);

const takenCounts = onePer(
  (db: Db) =>
    new LRUCache<string, { taken: number }>({
      max: EVENTS_CACHED_MAX,
      ttl: COUNT_STALE_MS_MAX,
      ignoreFetchAbort: true,
      fetchMethod: async (eventId) => ({ taken: await countTakenSeats(db, eventId) }),
    }),
);

/** An event as it was at most a second ago; null if there is none. Concurrent callers share one query. */
export async function recentEvent(resources: Reader, eventId: string): Promise<EventRecord | null> {
  const known = events(resources.db);
  // `fetch` alone would do, at several times the cost.
  const entry = known.get(eventId) ?? (await known.fetch(eventId));
  return entry?.event ?? null;
}

/** How many seats nobody has, as it was at most two seconds ago. */
export async function recentlyAvailable(
  resources: Reader,
  event: Pick<EventRecord, 'eventId' | 'seatCount'>,
): Promise<number> {
  const entry = await takenCounts(resources.db).fetch(event.eventId);
  return Math.max(0, event.seatCount - (entry?.taken ?? 0));
}

/** For whoever has just changed an event: this process sees it at once, others within a second. */
export function forgetRecent(resources: Reader, eventId: string): void {
  events(resources.db).delete(eventId);
  takenCounts(resources.db).delete(eventId);
}
