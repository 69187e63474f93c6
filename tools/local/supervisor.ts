import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildExit } from './child.ts';
import { lastWords } from './child-log.ts';
import { messageOf } from './failure.ts';

/** Something that runs until it ends, and can be started again: a private server, or a process of ours. */
export interface Runnable {
  /** Settles when what runs now has ended, however it ended. */
  exited(): Promise<ChildExit>;
  restart(): Promise<void>;
  /** Harmless when it has ended. */
  stop(): Promise<void>;
}

export interface Supervised {
  readonly name: string;
  readonly runnable: Runnable;
  readonly logFile: string;
  /** Stopping begins with the highest rank; those of one rank stop at the same time. */
  readonly rank: number;
}

export interface Supervisor {
  /** From now on it is started again when it ends by itself, and stopped by `stopAll`. */
  add(supervised: Supervised): void;
  /** Stops everything, a rank at a time, and returns when all of it has ended; nothing is started again. */
  stopAll(): Promise<void>;
}

const FIRST_WAIT_MS = 500;
const WAIT_MAX_MS = 30_000;
/** What has run for this long had no trouble at its start: the next wait is the first again. */
const SETTLED_AFTER_MS = 60_000;

/** Starts again what ends by itself, with a wait that doubles, and tells by `say`. */
export function supervise(say: (line: string) => void): Supervisor {
  const watched: { supervised: Supervised; watch: Promise<void> }[] = [];
  const stopping = new AbortController();
  return {
    add: (supervised) => {
      watched.push({ supervised, watch: keepRunning(supervised, stopping.signal, say) });
    },
    stopAll: async () => {
      stopping.abort();
      const ranks = new Set(watched.map(({ supervised }) => supervised.rank));
      for (const rank of [...ranks].toSorted((one, other) => other - one)) {
        const group = watched.filter(({ supervised }) => supervised.rank === rank);
        await Promise.all(group.map(async ({ supervised }) => await supervised.runnable.stop()));
        // One that was just being started again is stopped by its watch.
        await Promise.all(group.map(async ({ watch }) => await watch));
      }
    },
  };
}

async function keepRunning(
  { name, runnable, logFile }: Supervised,
  stopping: AbortSignal,
  say: (line: string) => void,
) {
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    const startedAt = Date.now();
    const exit = await runnable.exited();
    if (stopping.aborted) return;
    if (Date.now() - startedAt > SETTLED_AFTER_MS) waitMs = FIRST_WAIT_MS;
    say(`The ${name} ended (${await reason(exit, logFile)}); starting it again. Its log: ${logFile}`);
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => {}); // Stopping cuts the wait short.
    if (stopping.aborted) return;
    waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
    await runnable.restart().catch((error: unknown) => say(`The ${name} can't start: ${messageOf(error)}`));
    if (stopping.aborted) await runnable.stop();
  }
}

async function reason({ code, signal }: ChildExit, logFile: string): Promise<string> {
  return signal === null ? `exit code ${code}: ${await lastWords(logFile)}` : `by ${signal}`;
}
