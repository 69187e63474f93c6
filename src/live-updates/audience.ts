import { setImmediate as nextTurn } from 'node:timers/promises';
import { HEARTBEAT_FRAME } from './frames.ts';

/** A connection of one viewer: what an HTTP response can do. */
export type Viewer = {
  /** Bytes written to it that the network has not taken yet. */
  readonly writableLength: number;
  write(bytes: Buffer): unknown;
  end(): unknown;
  destroy(): unknown;
};

export type Audience = {
  /** Writes `opening`, then every frame from now on. */
  add(viewer: Viewer, opening: Buffer): void;
  /** The same; frames that are sent until `opening` is known come after it. */
  addWhenKnown(viewer: Viewer, opening: Promise<Buffer>): Promise<void>;
  remove(viewer: Viewer): void;
  /** Writes the same bytes to all; resolves when all have been given them, however slow they are to take them. */
  send(frame: Buffer): Promise<void>;
  /** Ends all streams. */
  close(): void;
};

/** Proxies and browsers give a silent connection up after a minute or less; it also finds out who is gone. */
const HEARTBEAT_MS = 15_000;
/** A viewer who is so far behind is cut off: the browser connects again and resumes, or is told to fetch all anew. */
const BACKLOG_BYTES_MAX = 256 * 1024;
/** Other requests get their turn after so many writes. */
const VIEWERS_PER_TURN = 500;

/** The viewers of one event. There is one timer for all of them. */
export function openAudience(): Audience {
  const viewers = new Set<Viewer>();
  const waiting = new Map<Viewer, Buffer[]>();
  const remove = (viewer: Viewer) => {
    viewers.delete(viewer);
    waiting.delete(viewer);
  };
  const give = (viewer: Viewer, frame: Buffer) => {
    if (!viewers.has(viewer)) return;
    const kept = waiting.get(viewer);
    if (kept !== undefined) return void kept.push(frame);
    if (viewer.writableLength <= BACKLOG_BYTES_MAX) return void viewer.write(frame);
    remove(viewer);
    viewer.destroy();
  };
  const send = async (frame: Buffer) => {
    const present = [...viewers];
    let given = 0;
    for (const viewer of present) {
      give(viewer, frame);
      given += 1;
      if (given % VIEWERS_PER_TURN === 0) await nextTurn();
    }
  };
  const heartbeat = setInterval(() => void send(HEARTBEAT_FRAME), HEARTBEAT_MS);
  return {
    remove,
    send,
    add(viewer, opening) {
      viewers.add(viewer);
      viewer.write(opening);
    },
    async addWhenKnown(viewer, opening) {
      const kept: Buffer[] = [];
      viewers.add(viewer);
      waiting.set(viewer, kept);
      const bytes = await opening;
      if (!viewers.has(viewer)) return;
      waiting.delete(viewer);
      viewer.write(Buffer.concat([bytes, ...kept]));
    },
    close() {
      clearInterval(heartbeat);
      for (const viewer of viewers) viewer.end();
      viewers.clear();
      waiting.clear();
    },
  };
}
