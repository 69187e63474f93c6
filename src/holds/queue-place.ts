import { z } from 'zod';
import { type Call, gatherCalls } from '../platform/gather-calls.ts';
import { loadScript } from '../platform/lua-script.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Redis } from '../platform/redis.ts';
import { seatKeys } from '../seats/seat-keys.ts';

/** What is remembered of a claim that was answered 202, so that its buyer can ask after it. */
const QueuedClaim = z.object({
  eventId: z.string(),
  userId: z.string(),
  claimId: z.string(),
  jobId: z.string(),
  seatIds: z.array(z.int()),
  ticket: z.int(),
  queuedAtMs: z.number(),
});
export type QueuedClaim = z.output<typeof QueuedClaim>;
export type QueuePlace = { readonly queuePosition: number; readonly estimatedWaitSeconds: number };

const REMEMBERED_MS = 15 * 60 * 1000;
/** Assumed while nothing of the queue has been seen to move: a slow worker's rate. */
const CLAIMS_PER_SECOND_ASSUMED = 1_000;
const WAIT_SECONDS_MAX = 600;

/** Redis does nothing else while it runs a script. */
const CLAIMS_PER_CALL = 100;

/** The claims of one turn of the event loop share a call: those of a job are queued, and so remembered, in one moment. */
export function rememberQueued(redis: Redis, holdId: string, claim: QueuedClaim): Promise<void> {
  return remember(redis, { eventId: claim.eventId, key: keyOf(holdId), text: JSON.stringify(claim) });
}

type Memory = { readonly eventId: string; readonly key: string; readonly text: string };

const remember = gatherCalls<Redis, Memory, void>((redis, calls) => {
  for (const ofEvent of Map.groupBy(calls, ({ item }) => item.eventId).values())
    for (const group of piecesOf(ofEvent, CLAIMS_PER_CALL)) rememberTogether(redis, group);
});

function rememberTogether(redis: Redis, group: readonly Call<Memory, void>[]): void {
  const keys = group.map(({ item }) => item.key);
  const texts = group.map(({ item }) => item.text);
  rememberScript(redis, keys, [REMEMBERED_MS, ...texts]).then(
    () => group.forEach(({ resolve }) => resolve()),
    (error: unknown) => group.forEach(({ reject }) => reject(error)),
  );
}

const rememberScript = loadScript(new URL('./remember-queued.lua', import.meta.url), (reply) =>
  z.literal('OK').parse(reply),
);

export async function recallQueued(redis: Redis, holdId: string): Promise<QueuedClaim | null> {
  const text = await redis.get(keyOf(holdId));
  return text === null ? null : QueuedClaim.parse(JSON.parse(text));
}

/** How many claims of the event are ahead, and how long they will take at the rate seen since this one was queued. */
export async function queuePlace(redis: Redis, claim: QueuedClaim, nowMs: number): Promise<QueuePlace> {
  const [settled, issued] = await redis.mget(
    seatKeys.claimsSettled(claim.eventId),
    seatKeys.claimsIssued(claim.eventId),
  );
  return placeIn({ settled: Number(settled ?? 0), issued: Number(issued ?? 0) }, claim, nowMs);
}

/** The same, when what was issued and settled is known already. */
export function placeIn(
  { settled, issued }: { settled: number; issued: number },
  claim: Pick<QueuedClaim, 'ticket' | 'queuedAtMs'>,
  nowMs: number,
): QueuePlace {
  const ahead = Math.max(0, claim.ticket - 1 - settled);
  const queuePosition = Math.min(ahead, issued);
  const waitedSeconds = Math.max(0, (nowMs - claim.queuedAtMs) / 1000);
  const perSecond = waitedSeconds > 1 ? Math.max(1, settled / waitedSeconds) : CLAIMS_PER_SECOND_ASSUMED;
  const seconds = Math.min(
    WAIT_SECONDS_MAX,
    (queuePosition + 1) / Math.min(perSecond, CLAIMS_PER_SECOND_ASSUMED),
  );
  return { queuePosition, estimatedWaitSeconds: Math.ceil(seconds * 10) / 10 };
}

/** Looked up without knowing the event; the hash tag keeps them in one slot of a cluster, which a script on several needs. */
function keyOf(holdId: string): string {
  return `{queued-hold}:${holdId}`;
}
