import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import type { SeatLetter } from '../seats/seat.ts';
import { type ChangeEntry, latestBySeat } from './change-stream.ts';
import { resetFrame, seatsFrame } from './frames.ts';
import { type StreamId, isAfter } from './stream-id.ts';

export type ChangeBatch = {
  /** The newest id that viewers have been sent; null when it is not known what they missed. */
  sentId(): StreamId | null;
  /** The newest id that we know of, sent or about to be. */
  newestId(): StreamId | null;
  add(entry: ChangeEntry): void;
  /** All viewers are to fetch the seats again; what follows is newer than `id`. */
  reset(id: StreamId | null): void;
  /** What was sent within the last second. */
  recentFrames(): Buffer[];
  close(): void;
};

/** Changes are gathered for so long: a viewer sees them well within a second, and a rush costs ten frames a second. */
const GATHER_MS = 100;
/**
 * A reset waits a little longer: the answer of `/seats` may be 200 ms old, and must be newer than what the reset is about.
 */
const RESET_AFTER_MS = 250;
/** About 60 kB. Fetching all the seats, compressed and cached, is then cheaper. */
const CHANGES_PER_FRAME_MAX = 5_000;
const RECENT_MS = 1_000;

/** Gathers changes into frames: each seat once, with its last state, under the newest id. */
export function openChangeBatch(
  start: { sentId: StreamId; recent: readonly ChangeEntry[] },
  send: (frame: Buffer) => Promise<void>,
): ChangeBatch {
  const gathered = openGathered(start.sentId);
  const recent: { frame: Buffer; atMs: number }[] = [];
  if (start.recent.length > 0) {
    recent.push({ frame: seatsFrame(start.sentId, latestBySeat(start.recent)), atMs: performance.now() });
  }
  let sentId: StreamId | null = start.sentId;
  let isSending = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const schedule = () => {
    if (isClosed || isSending || gathered.isEmpty()) return;
    timer ??= setTimeout(() => void flush(), gathered.isReset() ? RESET_AFTER_MS : GATHER_MS);
  };
  const stopTimer = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const flush = async () => {
    stopTimer();
    const frame = gathered.takeFrame();
    sentId = gathered.newestId();
    forgetOld(recent);
    recent.push({ frame, atMs: performance.now() });
    isSending = true;
    crashPoint('stream.gathered');
    await send(frame);
    isSending = false;
    schedule();
  };
  const reset = (id: StreamId | null) => {
    gathered.reset(id);
    sentId = null;
    stopTimer();
    schedule();
  };
  return {
    sentId: () => sentId,
    newestId: () => gathered.newestId(),
    reset,
    add(entry) {
      gathered.add(entry);
      if (gathered.count() > CHANGES_PER_FRAME_MAX) reset(gathered.newestId());
      else schedule();
    },
    recentFrames() {
      forgetOld(recent);
      return recent.map(({ frame }) => frame);
    },
    close() {
      isClosed = true;
      stopTimer();
    },
  };
}

/** What is to be sent next. */
function openGathered(start: StreamId) {
  const letters = new Map<SeatId, SeatLetter>();
  let newestId: StreamId | null = start;
  let isReset = false;
  return {
    newestId: () => newestId,
    isReset: () => isReset,
    isEmpty: () => letters.size === 0 && !isReset,
    count: () => letters.size,
    add({ id, changes }: ChangeEntry): void {
      if (newestId === null || isAfter(id, newestId)) newestId = id;
      for (const [seatId, letter] of changes) letters.set(seatId, letter);
    },
    reset(id: StreamId | null): void {
      letters.clear();
      isReset = true;
      newestId = id;
    },
    takeFrame(): Buffer {
      const parts = isReset ? [resetFrame(newestId)] : [];
      if (letters.size > 0 && newestId !== null) parts.push(seatsFrame(newestId, [...letters]));
      letters.clear();
      isReset = false;
      return Buffer.concat(parts);
    },
  };
}

function forgetOld(recent: { readonly atMs: number }[]): void {
  const firstKept = recent.findIndex(({ atMs }) => atMs >= performance.now() - RECENT_MS);
  recent.splice(0, firstKept === -1 ? recent.length : firstKept);
}
