import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../../tools/local/child.ts';
import { lastWords } from '../../tools/local/child-log.ts';
import { ROOT } from '../../tools/local/place.ts';

export type Launch = {
  /** For tables: `server`, `seat worker`. */
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its output goes to a file, as in production to a collector: a pipe would cost whoever reads it. */
  readonly logFile: string;
  /** What its log says when it is ready. */
  readonly ready: RegExp;
  readonly nodeArgs?: readonly string[];
};

export type NodeProcess = {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, by its log; 0 if it does not say. */
  readonly port: number;
  readonly readyAfterMs: number;
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 30_000;
const READY_POLL_MS = 5;
const STOP_WITHIN_MS = 10_500;
/** Raises the limit of open files as far as the system lets us: one connection takes one. */
const WITH_MANY_FILES = 'ulimit -n 65536 2>/dev/null || ulimit -n $(ulimit -Hn); exec "$0" "$@"';

/** Starts one of our processes and returns when its log says that it is ready. */
export async function startNode(launch: Launch): Promise<NodeProcess> {
  const { name, script, env, logFile, ready, nodeArgs = [] } = launch;
  const begunMs = performance.now();
  const child = await startChild({
    command: '/bin/sh',
    args: ['-c', WITH_MANY_FILES, process.execPath, ...nodeArgs, script],
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    logFile,
  });
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (ready.test(log)) {
      const port = Number(/"port":(\d+)/.exec(log)?.[1] ?? 0);
      const readyAfterMs = performance.now() - begunMs;
      return { name, pid: child.pid, port, readyAfterMs, stop: () => child.stop(STOP_WITHIN_MS) };
    }
    const isLate = performance.now() - begunMs > READY_WITHIN_MS;
    if (child.hasExited() || isLate) {
      await child.stop(STOP_WITHIN_MS);
      throw new Error(`The ${name} did not get ready: ${await lastWords(logFile)}`);
    }
    await wait(READY_POLL_MS);
  }
}
