import { z } from 'zod';
import { type Call, gatherCalls } from '../platform/gather-calls.ts';
import type { SeatId } from '../platform/id.ts';
import { loadScript } from '../platform/lua-script.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Redis } from '../platform/redis.ts';
import { seatKeys } from './seat-keys.ts';
import { LOCK_GRACE_MS } from './seat-locks.ts';

export type LockClaim = {
  readonly eventId: string;
  readonly userId: string;
  readonly seatIds: readonly SeatId[];
  readonly newHoldId: string;
  readonly ttlMs: number;
};

export type LockOutcome =
  | {
      readonly outcome: 'locked';
      readonly holdId: string;
      /** The claim's number in the queue of its event, and how many of them were settled when it was drawn. */
      readonly ticket: number;
      readonly settled: number;
    }
  | { readonly outcome: 'taken'; readonly seatIds: readonly SeatId[] };

/** Redis does nothing else while it runs a script. */
const CLAIMS_PER_CALL = 50;

/**
 * Takes all the seats for the buyer, or none, in one round trip. The token is the id of the buyer's open hold if Redis
 * knows one, else `newHoldId`. Repeating it is harmless: seats that carry the same token count as locked. The claims of one
 * turn of the event loop on seats of one event share a call, and are decided one by one in their order.
 */
export const lockSeats = gatherCalls<Redis, LockClaim, LockOutcome>((redis, calls) => {
  for (const ofEvent of Map.groupBy(calls, ({ item }) => item.eventId).values())
    for (const group of piecesOf(ofEvent, CLAIMS_PER_CALL)) void lockTogether(redis, group);
});

async function lockTogether(redis: Redis, group: readonly Call<LockClaim, LockOutcome>[]): Promise<void> {
  const eventId = group[0]?.item.eventId ?? '';
  const keys = [seatKeys.claimsIssued(eventId), seatKeys.claimsSettled(eventId)];
  const args: (string | number)[] = [];
  for (const { item: claim } of group) {
    keys.push(seatKeys.buyerHold(eventId, claim.userId));
    for (const seatId of claim.seatIds) keys.push(seatKeys.lock(eventId, seatId));
    args.push(claim.newHoldId, claim.ttlMs + LOCK_GRACE_MS, claim.seatIds.length);
  }
  try {
    const [settled, ...replies] = await lockScript(redis, keys, args);
    for (const [index, { item, resolve, reject }] of group.entries()) {
      const reply = replies[index];
      if (reply === undefined || reply[0] === 'failed')
        reject(new Error(reply?.[1] ?? 'Redis gave no answer.'));
      else resolve(outcomeOf(item, settled, reply));
    }
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

/** In a rush most are taken, and what is tried first is found first. */
const LockReply = z.union([
  z.tuple([z.literal('taken')], z.number()),
  z.tuple([z.literal('locked'), z.string(), z.number()]),
  z.tuple([z.literal('failed'), z.string()]),
]);
const LockReplies = z.tuple([z.number()], LockReply);

const lockScript = loadScript(new URL('./lock-seats.lua', import.meta.url), (reply) =>
  LockReplies.parse(reply),
);

function outcomeOf(
  claim: LockClaim,
  settled: number,
  reply: Exclude<z.output<typeof LockReply>, ['failed', string]>,
): LockOutcome {
  if (reply[0] === 'locked') return { outcome: 'locked', holdId: reply[1], ticket: reply[2], settled };
  const [, ...places] = reply;
  return { outcome: 'taken', seatIds: places.flatMap((place) => claim.seatIds[place - 1] ?? []) };
}
