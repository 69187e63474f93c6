import { getSeatLetters } from '../api/seats.ts';
import { openStore, type Store } from '../platform/store.ts';
import type { SeatChange, SeatLetter, SeatStates } from './seat-states.ts';

const POLL_MS = 3_000;
/** After the stream opens, the list is asked for once more: what changed while both were opening is in neither. */
const LIST_AFTER_OPEN_MS = 500;
const REOPEN_MS_MIN = 2_000;
const REOPEN_MS_MAX = 20_000;
/** Shorter breaks are not worth telling. */
const TELL_AFTER_MS = 1_500;
const HIDDEN_LONG_MS = 30_000;

export type LiveState = 'live' | 'reconnecting';
export type LiveSeats = { readonly state: Store<LiveState>; close(): void };

/**
 * Keeps the states of an event's seats up to date: by the server's stream, which resumes where it broke off, and by asking
 * every few seconds while there is no stream.
 */
export function followSeats(eventId: string, states: SeatStates): LiveSeats {
  const state = openStore<LiveState>('live');
  const closing = new AbortController();
  const { signal } = closing;
  const list = () => listSeats(eventId, states, signal);
  const polling = openPolling(state, list);
  openStream(`/api/events/${eventId}/stream`, signal, {
    opened() {
      polling.stop();
      setTimeout(() => void list(), LIST_AFTER_OPEN_MS);
    },
    broke: () => polling.start(),
    changed: (changes) => states.applyChanges(changes),
    reset: () => void list(),
  });
  const stopWatching = listWhenBack(list);
  signal.addEventListener('abort', () => {
    polling.stop();
    stopWatching();
  });
  void list();
  return { state, close: () => closing.abort() };
}

async function listSeats(eventId: string, states: SeatStates, signal: AbortSignal): Promise<void> {
  try {
    const { letters, sentAt } = await getSeatLetters(eventId, signal);
    if (!signal.aborted) states.applyList(letters, sentAt);
  } catch {
    // The stream or the next poll brings it; that there is no connection is told by the stream's state.
  }
}

function openPolling(state: Store<LiveState>, list: () => Promise<void>) {
  let timer: ReturnType<typeof setInterval> | undefined;
  let telling: ReturnType<typeof setTimeout> | undefined;
  return {
    start() {
      timer ??= setInterval(() => void list(), POLL_MS);
      telling ??= setTimeout(() => state.set('reconnecting'), TELL_AFTER_MS);
    },
    stop() {
      clearInterval(timer);
      clearTimeout(telling);
      timer = undefined;
      telling = undefined;
      state.set('live');
    },
  };
}

type StreamListener = {
  readonly opened: () => void;
  readonly broke: () => void;
  readonly changed: (changes: SeatChange[]) => void;
  readonly reset: () => void;
};

/** The browser reopens a stream that broke, with the last id; one that the server refused we reopen ourselves. */
function openStream(
  url: string,
  signal: AbortSignal,
  listener: StreamListener,
  reopenMs = REOPEN_MS_MIN,
): void {
  if (signal.aborted) return;
  const stream = new EventSource(url);
  let nextReopenMs = reopenMs;
  stream.addEventListener('open', () => {
    nextReopenMs = REOPEN_MS_MIN;
    listener.opened();
  });
  stream.addEventListener('seats', (event) => listener.changed(readChanges(event.data)));
  stream.addEventListener('reset', listener.reset);
  stream.addEventListener('error', () => {
    if (signal.aborted) return;
    listener.broke();
    if (stream.readyState !== EventSource.CLOSED) return;
    setTimeout(
      () => openStream(url, signal, listener, Math.min(REOPEN_MS_MAX, nextReopenMs * 2)),
      nextReopenMs,
    );
  });
  signal.addEventListener('abort', () => stream.close());
}

/** `{"changes":[[seatId,"l"],...]}`; whatever else it says is for newer pages than this. */
function readChanges(data: unknown): SeatChange[] {
  const parsed: unknown = JSON.parse(String(data));
  const changes = typeof parsed === 'object' && parsed !== null && 'changes' in parsed ? parsed.changes : [];
  if (!Array.isArray(changes)) return [];
  return changes.flatMap((change: unknown): SeatChange[] => {
    const [seatId, letter] = Array.isArray(change) ? (change as unknown[]) : [];
    if (typeof seatId !== 'number' || !isLetter(letter)) return [];
    return [[seatId - 1, letter]];
  });
}

function isLetter(text: unknown): text is SeatLetter {
  return text === 'a' || text === 'l' || text === 'b' || text === 'x';
}

/** A page that slept or was offline may have missed changes without noticing. */
function listWhenBack(list: () => Promise<void>): () => void {
  let hiddenAt = 0;
  const seen = () => {
    if (document.visibilityState === 'hidden') hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > HIDDEN_LONG_MS) void list();
  };
  const online = () => void list();
  document.addEventListener('visibilitychange', seen);
  window.addEventListener('online', online);
  return () => {
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('online', online);
  };
}
