import type { Resources } from '../resources.ts';
import { type ReconcileCounts, reconcileEvent } from './reconcile-event.ts';
import { type WatchedEvent, listWatchedEvents } from './seat-state-store.ts';

/** About one second's work. A larger house is gone through in turns. */
const SEATS_PER_RUN_MAX = 200_000;
/**
 * The last event that was looked at. That the key is missing tells that Redis lost everything; that it is empty, that a
 * run over all events has not ended. It is only ever overwritten, so a loss in the middle of a run is seen by the next.
 */
const CURSOR_KEY = 'reconciliation-cursor';
const ALL_DUE = '';

/**
 * Makes Redis agree with MySQL, event by event: so many seats a run, going on where the last run ended; all of them when
 * Redis has lost its data, so that it is whole again within one run.
 */
export async function reconcileEvents(resources: Resources, signal?: AbortSignal): Promise<ReconcileCounts> {
  const { redis, db, log } = resources;
  const cursor = (await redis.get(CURSOR_KEY)) ?? ALL_DUE;
  if (cursor === ALL_DUE) await redis.set(CURSOR_KEY, ALL_DUE);
  const watched = await listWatchedEvents(db);
  const due = cursor === ALL_DUE ? watched : inTurn(watched, cursor);
  if (cursor === ALL_DUE && due.length > 0) log.info({ events: due.length }, 'reconciliation.from-the-start');
  const total = { marked: 0, unmarked: 0, locked: 0, unlocked: 0 };
  for (const event of due) {
    if (signal?.aborted === true) return total;
    add(total, await reconcileEvent(resources, event));
  }
  const lastDone = due.at(-1)?.eventId ?? cursor;
  await redis.set(CURSOR_KEY, lastDone, 'XX');
  return total;
}

/** The events after the cursor, then those before, as many as a run may take; always one. */
function inTurn(watched: readonly WatchedEvent[], cursor: string): WatchedEvent[] {
  const after = watched.filter((event) => event.eventId > cursor);
  const before = watched.filter((event) => event.eventId <= cursor);
  let seats = 0;
  return [...after, ...before].filter((event, index) => {
    seats += event.seatCount;
    return index === 0 || seats <= SEATS_PER_RUN_MAX;
  });
}

function add(total: Record<keyof ReconcileCounts, number>, counts: ReconcileCounts): void {
  total.marked += counts.marked;
  total.unmarked += counts.unmarked;
  total.locked += counts.locked;
  total.unlocked += counts.unlocked;
}
