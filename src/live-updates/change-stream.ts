import { z } from 'zod';
import type { Redis } from '../platform/redis.ts';
import { seatKeys } from '../seats/seat-keys.ts';
import type { SeatChange } from '../seats/seat.ts';
import { STREAM_START, type StreamId, isStreamId, msBefore } from './stream-id.ts';

/** What one action changed, under the id that it has in the event's stream. */
export type ChangeEntry = { readonly id: StreamId; readonly changes: readonly SeatChange[] };

/** Beyond this, fetching all the seats again costs less than replaying. */
const ENTRIES_REPLAYED_MAX = 2_000;

const StreamIdText = z.string().refine(isStreamId);
const Changes = z.array(z.tuple([z.int().positive(), z.enum(['a', 'l', 'b', 'x'])]));
const Message = z.object({ id: StreamIdText, changes: Changes });
const Entries = z.array(
  z.tuple([StreamIdText, z.tuple([z.literal('c'), z.string()])]).transform(([id, [, json]]) => ({
    id,
    changes: Changes.parse(JSON.parse(json)),
  })),
);

/** Reads a message of the event's channel. @throws when it is not one. */
export function parseMessage(text: string): ChangeEntry {
  return Message.parse(JSON.parse(text));
}

/** The newest entry's id; `STREAM_START` when there is none. */
export async function readNewestId(redis: Redis, eventId: string): Promise<StreamId> {
  const [newest] = Entries.parse(await redis.xrevrange(seatKeys.changes(eventId), '+', '-', 'COUNT', 1));
  return newest?.id ?? STREAM_START;
}

/** The entries written within so many milliseconds before `id`, and itself. */
export async function readUpTo(
  redis: Redis,
  eventId: string,
  id: StreamId,
  ms: number,
): Promise<ChangeEntry[]> {
  const entries = await redis.xrange(
    seatKeys.changes(eventId),
    msBefore(id, ms),
    id,
    'COUNT',
    ENTRIES_REPLAYED_MAX,
  );
  return Entries.parse(entries);
}

/**
 * The entries after `from`, up to `to` (without it, all); null when that cannot be known: the stream no longer has `from` itself (it was
 * trimmed, expired, or lost with all of Redis), or too much came since.
 */
export async function readAfter(
  redis: Redis,
  eventId: string,
  from: StreamId,
  to: StreamId = '+',
): Promise<ChangeEntry[] | null> {
  const found = await redis.xrange(seatKeys.changes(eventId), from, to, 'COUNT', ENTRIES_REPLAYED_MAX + 1);
  const [first, ...rest] = Entries.parse(found);
  if (first === undefined) return from === STREAM_START ? [] : null;
  return first.id === from && rest.length < ENTRIES_REPLAYED_MAX ? rest : null;
}

/** The last change of each seat. */
export function latestBySeat(entries: readonly ChangeEntry[]): SeatChange[] {
  return [...new Map(entries.flatMap(({ changes }) => changes))];
}
