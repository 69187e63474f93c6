import { LRUCache } from 'lru-cache';
import type { Log } from '../platform/log.ts';
import type { PubSub } from '../platform/pub-sub.ts';
import type { Redis } from '../platform/redis.ts';
import { seatKeys } from '../seats/seat-keys.ts';
import { type Viewer, openAudience } from './audience.ts';
import { type ChangeBatch, openChangeBatch } from './change-batch.ts';
import {
  type ChangeEntry,
  latestBySeat,
  parseMessage,
  readAfter,
  readNewestId,
  readUpTo,
} from './change-stream.ts';
import { helloFrame, resetFrame, seatsFrame } from './frames.ts';
import { type StreamId, isAfter, isStreamId } from './stream-id.ts';

export type SeatHub = {
  /**
   * Sends the viewer every change from now on. With `lastSeenId` those since then come first, or a `reset` where they
   * are no longer known; without it those of the last second, since the answer of `/seats` may be a little older.
   */
  join(viewer: Viewer, lastSeenId: string | null): Promise<void>;
  leave(viewer: Viewer): void;
  /** Ends all viewers' streams and the subscription; harmless when repeated. */
  close(): void;
};

export type HubServices = { readonly redis: Redis; readonly pubSub: PubSub; readonly log: Log };

const RECENT_MS = 1_000;
const CATCH_UPS_KEPT_MAX = 200;

/**
 * One event's seat changes for all its viewers on this server: one subscription, each message read once, one frame per
 * 100 ms, whatever their number. Resolves when it is in step with the event's stream.
 * @throws when Redis can not be read.
 */
export async function openSeatHub(services: HubServices, eventId: string): Promise<SeatHub> {
  const { pubSub, log } = services;
  const inbox = openInbox();
  const unsubscribe = await pubSub.subscribe(seatKeys.changesChannel(eventId), (text) =>
    inbox.take(parseMessage(text)),
  );
  const start = await readStart(services, eventId).catch(async (error: unknown) => {
    await unsubscribe();
    throw error;
  });
  const audience = openAudience();
  const catchUps = new LRUCache<string, Promise<Buffer>>({ max: CATCH_UPS_KEPT_MAX });
  const batch = openChangeBatch(start, (frame) => {
    catchUps.clear();
    return audience.send(frame);
  });
  inbox.openTo(batch);
  const stopWatching = pubSub.onBack(() => void resume(services, eventId, batch, inbox));

  return {
    async join(viewer, lastSeenId) {
      const sentId = batch.sentId();
      if (lastSeenId === sentId) return audience.add(viewer, helloFrame(sentId));
      if (lastSeenId === null) {
        return audience.add(viewer, Buffer.concat([helloFrame(sentId), ...batch.recentFrames()]));
      }
      // Thousands come back at once after a restart, mostly from the same id: they share one reading of the stream.
      const catchUp = catchUps.get(lastSeenId) ?? readCatchUp(services, eventId, batch, lastSeenId);
      catchUps.set(lastSeenId, catchUp);
      await audience.addWhenKnown(viewer, catchUp);
    },
    leave: (viewer) => audience.remove(viewer),
    close() {
      stopWatching();
      batch.close();
      audience.close();
      unsubscribe().catch((error: unknown) =>
        log.debug({ eventId, err: error }, 'live-updates.not-unsubscribed'),
      );
    },
  };
}

async function readStart({ redis, pubSub }: HubServices, eventId: string) {
  const sentId = await readNewestId(redis, eventId);
  const recent = await readUpTo(redis, eventId, sentId, RECENT_MS);
  await pubSub.settled();
  return { sentId, recent };
}

/**
 * After Redis was away: what was published meanwhile is read from the stream, or all viewers start anew. When Redis
 * goes away again during it, the next resume takes over.
 */
async function resume(
  { redis, pubSub, log }: HubServices,
  eventId: string,
  batch: ChangeBatch,
  inbox: Inbox,
): Promise<void> {
  const isCurrent = inbox.hold();
  const from = batch.newestId();
  let missed: ChangeEntry[] | null = null;
  let newestId: StreamId | null = null;
  try {
    missed = from === null ? null : await readAfter(redis, eventId, from);
    if (missed === null) newestId = await readNewestId(redis, eventId);
    await pubSub.settled();
  } catch (error) {
    log.warn({ eventId, err: error }, 'live-updates.resume-failed');
  }
  if (!isCurrent()) return;
  if (missed === null) batch.reset(newestId);
  for (const entry of missed ?? []) batch.add(entry);
  inbox.openTo(batch);
}

/** What a viewer gets who was away since `lastSeenId`. Never fails: what can not be read becomes a `reset`. */
async function readCatchUp(
  { redis, log }: HubServices,
  eventId: string,
  batch: ChangeBatch,
  lastSeenId: string,
): Promise<Buffer> {
  const sentId = batch.sentId();
  const restart = Buffer.concat([helloFrame(sentId), resetFrame(sentId), ...batch.recentFrames()]);
  if (sentId === null || !isStreamId(lastSeenId)) return restart;
  // Another server may have sent it a moment before we do: then it missed nothing, if that entry exists.
  const to: StreamId = isAfter(lastSeenId, sentId) ? lastSeenId : sentId;
  try {
    const missed = await readAfter(redis, eventId, lastSeenId, to);
    if (missed === null) return restart;
    return missed.length === 0
      ? helloFrame(to)
      : Buffer.concat([helloFrame(to), seatsFrame(to, latestBySeat(missed))]);
  } catch (error) {
    log.warn({ eventId, err: error }, 'live-updates.catch-up-failed');
    return restart;
  }
}

type Inbox = ReturnType<typeof openInbox>;

/**
 * Keeps messages while the stream is being read (which the time limit of a Redis command bounds), so that none falls
 * between reading and listening.
 */
function openInbox() {
  let kept: ChangeEntry[] = [];
  let batch: ChangeBatch | null = null;
  let holds = 0;
  return {
    take(entry: ChangeEntry): void {
      if (batch === null) kept.push(entry);
      else receive(batch, entry);
    },
    /** The returned function says whether nobody else has held it since. */
    hold(): () => boolean {
      batch = null;
      holds += 1;
      const mine = holds;
      return () => mine === holds;
    },
    openTo(next: ChangeBatch): void {
      batch = next;
      const read = next.newestId();
      const newer = kept.filter(({ id }) => read === null || isAfter(id, read));
      kept = [];
      for (const entry of newer) receive(next, entry);
    },
  };
}

/** An id that does not grow means that the stream was lost and began anew (and that a clock was set back). */
function receive(batch: ChangeBatch, entry: ChangeEntry): void {
  const newestId = batch.newestId();
  if (newestId !== null && !isAfter(entry.id, newestId)) batch.reset(entry.id);
  else batch.add(entry);
}
