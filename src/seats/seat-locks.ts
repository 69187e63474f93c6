import { z } from 'zod';
import type { SeatId } from '../platform/id.ts';
import { loadScript } from '../platform/lua-script.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Redis } from '../platform/redis.ts';
import { BOOKED_MARKER, seatKeys } from './seat-keys.ts';

/**
 * A lock outlives the hold in MySQL by this much, so that Redis never lets another buyer in while MySQL, whose clock
 * decides, still has the hold; the cleanup worker frees both sides before.
 */
export const LOCK_GRACE_MS = 5_000;
const MARKERS_PER_CALL = 1_000;
/** About as many: a hold's stay together. */
const KEYS_PER_UNLOCK = 500;
/** Redis's words for PTTL. */
const KEY_IS_ABSENT = -2;
const KEY_HAS_NO_EXPIRY = -1;

const unlockScript = loadScript(new URL('./unlock-seats.lua', import.meta.url), countReply('unlocked'));
const endlessScript = loadScript(new URL('./list-endless.lua', import.meta.url), (reply) =>
  z.array(z.number()).parse(reply),
);
const setScript = loadScript(new URL('./set-locks.lua', import.meta.url), countReply('set'));

/** Locks that carry the hold's id; with `endsHold` the buyer's next selection starts a new hold. */
type HoldLocks = {
  readonly holdId: string;
  readonly seatIds: readonly SeatId[];
  readonly endsHold?: { readonly userId: string };
};

/** Gives up locks of a hold. @returns how many keys were its. */
export function unlockSeats(redis: Redis, locks: HoldLocks & { readonly eventId: string }): Promise<number> {
  return unlockHolds(redis, locks.eventId, [locks]);
}

/** The same for several holds of an event, in few calls. */
export async function unlockHolds(
  redis: Redis,
  eventId: string,
  holds: readonly HoldLocks[],
): Promise<number> {
  const calls: Promise<number>[] = [];
  let keys: string[] = [];
  let args: (string | number)[] = [];
  const call = () => {
    if (keys.length > 0) calls.push(unlockScript(redis, keys, args));
    [keys, args] = [[], []];
  };
  for (const { holdId, seatIds, endsHold } of holds) {
    for (const seatId of seatIds) keys.push(seatKeys.lock(eventId, seatId));
    if (endsHold !== undefined) keys.push(seatKeys.buyerHold(eventId, endsHold.userId));
    args.push(holdId, seatIds.length + (endsHold === undefined ? 0 : 1));
    if (keys.length >= KEYS_PER_UNLOCK) call();
  }
  call();
  return (await Promise.all(calls)).reduce((sum, unlocked) => sum + unlocked, 0);
}

/**
 * Makes the locks carry the hold's id for so long, as MySQL has it: extends them, rebuilds lost ones, and replaces
 * `replacing`, a token under which they were taken. Locks with any other token are left alone.
 */
export async function setLocks(
  redis: Redis,
  lock: {
    eventId: string;
    holdId: string;
    userId: string;
    seatIds: readonly SeatId[];
    ttlMs: number;
    replacing?: string;
  },
): Promise<number> {
  const keys = [
    seatKeys.buyerHold(lock.eventId, lock.userId),
    ...lock.seatIds.map((seatId) => seatKeys.lock(lock.eventId, seatId)),
  ];
  const ttlMs = Math.max(1, Math.round(lock.ttlMs)) + LOCK_GRACE_MS;
  return setScript(redis, keys, [lock.holdId, lock.replacing ?? '', ttlMs]);
}

/** Marks seats as sold, whatever lock they carry: MySQL has said so, and nobody may take them any more. */
export async function markBooked(redis: Redis, eventId: string, seatIds: readonly SeatId[]): Promise<void> {
  for (const piece of piecesOf(seatIds, MARKERS_PER_CALL)) {
    await redis.mset(...piece.flatMap((seatId) => [seatKeys.lock(eventId, seatId), BOOKED_MARKER]));
  }
}

/** Takes back the markers of seats that are no longer sold; a lock that someone has taken meanwhile stays. */
export async function clearBooked(
  redis: Redis,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<number> {
  let cleared = 0;
  for (const piece of piecesOf(seatIds, MARKERS_PER_CALL)) {
    cleared += await unlockScript(
      redis,
      piece.map((seatId) => seatKeys.lock(eventId, seatId)),
      [BOOKED_MARKER, piece.length],
    );
  }
  return cleared;
}

/** What Redis says of each seat: a hold's id, `booked`, or null. */
export async function readLocks(
  redis: Redis,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<(string | null)[]> {
  if (seatIds.length === 0) return [];
  return redis.mget(...seatIds.map((seatId) => seatKeys.lock(eventId, seatId)));
}

/**
 * How long ago each lock was taken, judged by what is left of the `ttlMs` that a claim's lock is given; null where there
 * is none. A lock that no claim can have left so (it has no expiry, or a longer one) counts as old beyond measure.
 */
export async function readLockAges(
  redis: Redis,
  eventId: string,
  seatIds: readonly SeatId[],
  ttlMs: number,
): Promise<(number | null)[]> {
  const left = await Promise.all(seatIds.map((seatId) => redis.pttl(seatKeys.lock(eventId, seatId))));
  return left.map((leftMs) => {
    if (leftMs === KEY_IS_ABSENT) return null;
    const ageMs = ttlMs + LOCK_GRACE_MS - leftMs;
    return leftMs === KEY_HAS_NO_EXPIRY || ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs;
  });
}

/** Those of the seats that a hold has locked without an expiry, which no path of the program does. */
export async function listEndlessLocks(
  redis: Redis,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<SeatId[]> {
  const endless: SeatId[] = [];
  for (const piece of piecesOf(seatIds, MARKERS_PER_CALL)) {
    const keys = piece.map((seatId) => seatKeys.lock(eventId, seatId));
    const places = await endlessScript(redis, keys, [BOOKED_MARKER]);
    endless.push(...places.flatMap((place) => piece[place - 1] ?? []));
  }
  return endless;
}

/** What Redis takes for each buyer's open hold of the event: a hold's id, or null. */
export async function readBuyerHolds(
  redis: Redis,
  eventId: string,
  userIds: readonly string[],
): Promise<(string | null)[]> {
  if (userIds.length === 0) return [];
  return redis.mget(...userIds.map((userId) => seatKeys.buyerHold(eventId, userId)));
}

function countReply(word: string): (reply: unknown) => number {
  const shape = z.tuple([z.literal(word), z.number()]);
  return (reply) => shape.parse(reply)[1];
}
