import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { recentEvent } from '../events/recent-events.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { type ShownStatus, letterOf } from './seat.ts';
import { getSeatLayout } from './seat-layout.ts';
import { listTakenSeats } from './seat-store.ts';

/** The public state of all seats of an event at one moment. */
export type SeatStatuses = {
  /** One letter per seat in order of their ids: `a`vailable, `l`ocked, `b`ooked, `x` blocked. */
  readonly letters: string;
  readonly counts: Readonly<Record<ShownStatus, number>>;
  /** Changes whenever a letter does. */
  readonly version: string;
};

/** However many ask at once, MySQL is asked this often at most, per event and server. */
const STALE_MS_MAX = 200;
const EVENTS_CACHED_MAX = 1_000;

type Reading = { readonly begunMs: number; readonly result: Promise<SeatStatuses> };

const readings = onePer<Resources, LRUCache<string, Reading>>(() => new LRUCache({ max: EVENTS_CACHED_MAX }));

/**
 * What the seat map shows: at most 200 ms old, counted from when the reading was begun, so that one which took long is
 * not shown for longer. Concurrent callers share one query.
 */
export async function getSeatStatuses(resources: Resources, eventId: string): Promise<SeatStatuses> {
  const recent = readings(resources);
  const known = recent.get(eventId);
  const begunMs = performance.now();
  if (known !== undefined && begunMs - known.begunMs <= STALE_MS_MAX) return known.result;
  const reading = { begunMs, result: readSeatStatuses(resources, eventId) };
  recent.set(eventId, reading);
  try {
    return await reading.result;
  } catch (error) {
    if (recent.get(eventId) === reading) recent.delete(eventId);
    throw error;
  }
}

async function readSeatStatuses(resources: Resources, eventId: string): Promise<SeatStatuses> {
  const [event, taken] = await Promise.all([
    recentEvent(resources, eventId),
    listTakenSeats(resources.db, eventId),
  ]);
  // From here on it is known how its seats are named, for whoever is about to hold some.
  const { seatCount } = event === null ? { seatCount: 0 } : await getSeatLayout(resources, event);
  const letters = Buffer.alloc(seatCount, 'a');
  const counts = { available: seatCount - taken.length, locked: 0, booked: 0, blocked: 0 };
  for (const { seatId, status } of taken) {
    letters.write(letterOf(status), seatId - 1, 'latin1');
    counts[status] += 1;
  }
  return {
    letters: letters.toString('latin1'),
    counts,
    version: createHash('sha1').update(letters).digest('base64url'),
  };
}
