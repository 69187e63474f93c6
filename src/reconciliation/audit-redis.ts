import { setTimeout as wait } from 'node:timers/promises';
import type { Resources } from '../resources.ts';
import type { SeatId } from '../platform/id.ts';
import { BOOKED_MARKER } from '../seats/seat-keys.ts';
import { listEndlessLocks } from '../seats/seat-locks.ts';
import type { SeatName } from './audit-store.ts';
import { compareSeats } from './compare-seats.ts';
import { readAllLocks } from './read-all-locks.ts';
import { type WatchedEvent, listWatchedEvents, readTakenSeats } from './seat-state-store.ts';

export type RedisFindings = {
  readonly events: number;
  readonly sold: number;
  readonly markers: number;
  readonly locks: number;
  /** Locks of holds that would never run out. */
  readonly endless: readonly SeatName[];
  /** Sold in MySQL, and Redis would let someone take them. */
  readonly soldUnmarked: readonly SeatName[];
  readonly markedUnsold: readonly SeatName[];
};

/** A difference counts when it is seen so often: between reading the one store and the other, seats are sold. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 300;

/** What Redis has of every watched event, compared with MySQL. */
export async function auditRedis(resources: Resources): Promise<RedisFindings> {
  const watched = await listWatchedEvents(resources.db);
  const total = { sold: 0, markers: 0, locks: 0 };
  const endless: SeatName[] = [];
  const soldUnmarked: SeatName[] = [];
  const markedUnsold: SeatName[] = [];
  for (const event of watched) {
    const seen = await lookAt(resources, event);
    total.sold += seen.sold;
    total.markers += seen.markers;
    total.locks += seen.lockedSeatIds.length;
    const name = (seatId: SeatId): SeatName => ({ eventId: event.eventId, seatId });
    endless.push(...(await listEndlessLocks(resources.redis, event.eventId, seen.lockedSeatIds)).map(name));
    const lasting = await lastingDifferences(resources, event, seen);
    soldUnmarked.push(...lasting.unmarked.map(name));
    markedUnsold.push(...lasting.wronglyMarked.map(name));
  }
  return { events: watched.length, ...total, endless, soldUnmarked, markedUnsold };
}

type Look = {
  readonly sold: number;
  readonly markers: number;
  readonly lockedSeatIds: readonly SeatId[];
  readonly unmarked: readonly SeatId[];
  readonly wronglyMarked: readonly SeatId[];
};

function isBooked([, owner]: readonly [SeatId, string]): boolean {
  return owner === BOOKED_MARKER;
}

async function lookAt(resources: Resources, event: WatchedEvent): Promise<Look> {
  const tokens = await readAllLocks(resources, event);
  const taken = await readTakenSeats(resources.db, event.eventId);
  const { unmarked, wronglyMarked } = compareSeats(tokens, taken);
  return {
    sold: [...taken].filter(isBooked).length,
    markers: [...tokens].filter(isBooked).length,
    lockedSeatIds: [...tokens].flatMap((lock) => (isBooked(lock) ? [] : lock[0])),
    unmarked,
    wronglyMarked,
  };
}

async function lastingDifferences(
  resources: Resources,
  event: WatchedEvent,
  first: Look,
): Promise<Pick<Look, 'unmarked' | 'wronglyMarked'>> {
  let { unmarked, wronglyMarked } = first;
  for (let look = 2; look <= LOOKS && unmarked.length + wronglyMarked.length > 0; look += 1) {
    await wait(BETWEEN_LOOKS_MS);
    const again = await lookAt(resources, event);
    unmarked = unmarked.filter((seatId) => again.unmarked.includes(seatId));
    wronglyMarked = wronglyMarked.filter((seatId) => again.wronglyMarked.includes(seatId));
  }
  return { unmarked, wronglyMarked };
}
