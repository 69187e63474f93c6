import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { requestText } from './line.ts';
import { type Script, sendLoad } from './send-load.ts';
import { scriptOf } from './scripts.ts';
import type { LoadReport, Task } from './tasks.ts';

/** Open streams of one event's seat changes. */
export type Viewers = {
  readonly openCount: () => number;
  /** Called for each frame that a viewer gets, with what it carries; frames of the same bytes share one reading. */
  listen(heard: (frame: Frame, viewer: number) => void): void;
  close(): void;
};
export type Frame = { readonly seatIds: readonly number[] };

const READ_BYTES = 1024 * 1024;
const OPENED_AT_ONCE = 100;
const shared = Buffer.allocUnsafe(READ_BYTES);
const FRAME_END = Buffer.from('\n\n');

export async function openViewers(task: Extract<Task, { kind: 'view' }>): Promise<Viewers> {
  const sockets: { destroy(): void }[] = [];
  let heard: ((frame: Frame, viewer: number) => void) | null = null;
  let open = 0;
  const read = openReader();
  const openOne = async (viewer: number) => {
    const joined = Promise.withResolvers<void>();
    let kept: Buffer = Buffer.alloc(0);
    let isJoined = false;
    const take = (bytes: Buffer) => {
      const all = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      if (!isJoined) {
        // The head of the answer and the first frame, which greets.
        const text = all.toString('latin1');
        if (!text.includes('\r\n\r\n') || !text.endsWith('\n\n')) return void (kept = Buffer.from(all));
        kept = Buffer.alloc(0);
        if (!text.startsWith('HTTP/1.1 200')) return joined.reject(new Error(text.slice(0, 300)));
        isJoined = true;
        open += 1;
        return joined.resolve();
      }
      const end = all.lastIndexOf(FRAME_END);
      if (end < 0) return void (kept = Buffer.from(all));
      const whole = all.subarray(0, end + FRAME_END.length);
      kept =
        end + FRAME_END.length === all.length ? kept.subarray(0, 0) : Buffer.from(all.subarray(whole.length));
      for (const frame of read(whole)) heard?.(frame, viewer);
    };
    const socket = connect({
      port: task.port,
      host: '127.0.0.1',
      onread: { buffer: shared, callback: (bytes) => (take(shared.subarray(0, bytes)), true) },
    });
    socket.on('error', (error) => joined.reject(error));
    socket.once('close', () => (open -= isJoined ? 1 : 0));
    socket.write(requestText('GET', `/api/events/${task.eventId}/stream`, 'accept: text/event-stream\r\n'));
    sockets.push(socket);
    await joined.promise;
  };
  for (let from = 0; from < task.viewers; from += OPENED_AT_ONCE) {
    const count = Math.min(OPENED_AT_ONCE, task.viewers - from);
    await Promise.all(Array.from({ length: count }, (_, index) => openOne(from + index)));
  }
  return {
    openCount: () => open,
    listen: (listener) => (heard = listener),
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

const READINGS_KEPT = 64;

/** Reads frames once: ten thousand viewers get the same bytes, and comparing them is all that one can afford for each. */
function openReader(): (bytes: Buffer) => readonly Frame[] {
  const readings: { readonly bytes: Buffer; readonly frames: readonly Frame[] }[] = [];
  return (bytes) => {
    const known = readings.find((reading) => reading.bytes.equals(bytes));
    if (known !== undefined) return known.frames;
    const reading = { bytes: Buffer.from(bytes), frames: parseFrames(bytes.toString('utf8')) };
    readings.unshift(reading);
    readings.length = Math.min(readings.length, READINGS_KEPT);
    return reading.frames;
  };
}

const Changes = z.object({ changes: z.array(z.tuple([z.int(), z.string()])) });

/** @throws on a `reset`: none is due while all is well. */
function parseFrames(text: string): Frame[] {
  if (text.includes('event: reset')) throw new Error('The viewers were told to start anew.');
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => ({
    seatIds: Changes.parse(JSON.parse(data ?? '')).changes.map(([seatId]) => seatId),
  }));
}

const LAST_FRAMES_WITHIN_MS = 15_000;

/**
 * Takes seats at a rate and notes, for each frame that a viewer gets, how long ago the oldest of its changes was due to
 * be asked for. That is more than the time since its commit, by all that a hold takes before.
 */
export async function watch(
  viewers: Viewers,
  task: Extract<Task, { kind: 'watch' }>,
): Promise<LoadReport & { readonly missed: number; readonly frames: number }> {
  const { eventId, buyers, from, durationMs, perSecond } = task;
  const script = scriptOf({ name: 'hold', events: [eventId], buyers, from, respondAsync: false });
  const count = viewers.openCount();
  const dueAtMs = new Map<number, number>();
  const heardOf = new Uint32Array(count);
  const lagsMs: number[] = [];
  const cpu = process.cpuUsage();
  viewers.listen((frame, viewer) => {
    const dueMs = frame.seatIds.reduce(
      (oldest, seatId) => Math.min(oldest, dueAtMs.get(seatId) ?? oldest),
      Infinity,
    );
    if (dueMs === Infinity) return;
    lagsMs.push(performance.now() - dueMs);
    heardOf[viewer] = (heardOf[viewer] ?? 0) + frame.seatIds.length;
  });
  const result = await sendLoad({
    ports: [task.port],
    connections: Math.min(200, buyers.length),
    durationMs,
    perSecond,
    script: timed(script, perSecond, dueAtMs),
  });
  const taken = result.counts['201'] ?? 0;
  const deadlineMs = performance.now() + LAST_FRAMES_WITHIN_MS;
  const missed = () => heardOf.reduce((sum, each) => sum + (each === taken ? 0 : 1), 0);
  while (missed() > 0 && performance.now() < deadlineMs) await wait(50);
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...result,
    latenciesMs: { ...result.latenciesMs, lag: Float64Array.from(lagsMs) },
    generatorSeconds: (user + system) / 1e6,
    missed: missed(),
    frames: lagsMs.length,
  };
}

/** Notes when each seat was due to be asked for: requests are sent in the order in which they are due. */
function timed(script: Script, perSecond: number, dueAtMs: Map<number, number>): Script {
  let begunMs: number | null = null;
  let sent = 0;
  return {
    next(connection) {
      begunMs ??= performance.now();
      const request = script.next(connection);
      const seatId = /"seatIds":\[(\d+)\]/.exec(request ?? '')?.[1];
      dueAtMs.set(Number(seatId), begunMs + (sent * 1000) / perSecond);
      sent += 1;
      return request;
    },
    check: (answer, connection) => script.check(answer, connection),
  };
}
