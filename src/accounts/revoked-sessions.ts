import { z } from 'zod';
import { UUID_PATTERN } from '../platform/id.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { type SessionId, listRevokedSessions } from './session-store.ts';

const CHANNEL = 'sessions-revoked';
const Message = z.array(z.string().regex(UUID_PATTERN));
/** An access token lives for 15 min; the minute more is for servers whose clocks differ. */
const REMEMBERED_MS = 16 * 60 * 1000;
const REREAD_MS = 10_000;
/** While nothing could be read yet, and so no token can be trusted. */
const FIRST_READ_RETRY_MS = 250;
/** A revocation carries the time of its statement but is seen after its commit, so each reading reaches back further. */
const OVERLAP_MS = 60_000;

export type RevokedSessions = {
  has(sessionId: SessionId): boolean;
  /** False until the first reading: before, a revoked session would pass unnoticed. */
  isKnown(): boolean;
  close(): Promise<void>;
};

/**
 * Keeps at hand which sessions were revoked within the life of an access token, so that a request is checked without
 * asking a server. MySQL has the truth; it is read at the start, after each reconnection of Redis, and every 10 s in
 * case a message was lost. Redis pub/sub brings what happens in between. An id once known is never forgotten too early.
 */
export async function openRevokedSessions(resources: Resources): Promise<RevokedSessions> {
  const { pubSub, log, db } = resources;
  const list = listOf(resources);
  let lastReadAtMs: number | null = null;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const read = async () => {
    const startedAtMs = performance.now();
    const sinceMs = lastReadAtMs === null ? REMEMBERED_MS : startedAtMs - lastReadAtMs + OVERLAP_MS;
    try {
      list.add(await listRevokedSessions(db, Math.min(sinceMs, REMEMBERED_MS)));
      lastReadAtMs = startedAtMs;
    } catch (error) {
      // Without its table the database is new: nobody can have signed in, let alone out.
      if (hasNoTable(error)) lastReadAtMs ??= startedAtMs;
      else if (!isClosed) log.warn({ reason: String(error) }, 'revoked-sessions.not-read');
    }
    list.forgetOld();
  };
  const readAgainAndAgain = async () => {
    await read();
    if (isClosed) return;
    timer = setTimeout(
      () => void readAgainAndAgain(),
      lastReadAtMs === null ? FIRST_READ_RETRY_MS : REREAD_MS,
    ).unref();
  };

  const unsubscribe = await pubSub.subscribe(CHANNEL, (message) =>
    list.add(Message.parse(JSON.parse(message))),
  );
  const stopListening = pubSub.onBack(() => void read());
  await readAgainAndAgain();
  return {
    has: list.has,
    isKnown: () => lastReadAtMs !== null,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      stopListening();
      await unsubscribe();
    },
  };
}

/**
 * Makes sessions that MySQL has as revoked known: to this server at once, to the others by a message. When Redis is
 * away they find them in MySQL, within 10 s.
 */
export async function announceRevoked(resources: Resources, sessionIds: readonly SessionId[]): Promise<void> {
  if (sessionIds.length === 0) return;
  listOf(resources).add(sessionIds);
  try {
    await resources.redis.publish(CHANNEL, JSON.stringify(sessionIds));
  } catch (error) {
    resources.log.warn({ sessionIds, reason: String(error) }, 'revoked-sessions.not-announced');
  }
}

const listOf = onePer(({ clock }: Resources) => {
  const forgetAtMs = new Map<SessionId, number>();
  return {
    has: (sessionId: SessionId) => forgetAtMs.has(sessionId),
    add(sessionIds: readonly SessionId[]) {
      const atMs = clock.nowMs() + REMEMBERED_MS;
      for (const sessionId of sessionIds) {
        if (!forgetAtMs.has(sessionId)) forgetAtMs.set(sessionId, atMs);
      }
    },
    /** They were added in the order of their times, so the first that is to stay ends the search. */
    forgetOld() {
      const nowMs = clock.nowMs();
      for (const [sessionId, atMs] of forgetAtMs) {
        if (atMs > nowMs) return;
        forgetAtMs.delete(sessionId);
      }
    },
  };
});

function hasNoTable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ER_NO_SUCH_TABLE';
}
