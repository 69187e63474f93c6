import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { newId } from '../../src/platform/id.ts';
import { startChild } from '../../tools/local/child.ts';
import { eventually } from '../support/eventually.ts';
import type { Holdfast } from '../support/harness.ts';

/** A worker in a process of its own, which can be killed or stopped. It ends with the process that runs the tests. */
export type WorkerProcess = {
  readonly pid: number;
  kill(): Promise<void>;
  /** Stopped in mid-stride: it neither works nor loses its connections. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM; the exit code. */
  end(): Promise<number | null>;
  log(): Promise<string>;
};

const END_WITHIN_MS = 10_000;
/** A second, on a machine that has nothing else to do. */
const READY_WITHIN_MS = 60_000;

export async function startWorkerProcess(
  holdfast: Pick<Holdfast, 'env'>,
  script: 'seat-worker' | 'cleanup-worker',
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const logFile = join(inject('runFolder'), `${script}-${newId()}.log`);
  // What one has compiled, the next ones need not: they start in half the time.
  const compileCache = join(inject('runFolder'), 'compile-cache');
  const child = await startChild({
    command: process.execPath,
    args: [join('workers', `${script}.ts`)],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...holdfast.env, LOG_LEVEL: 'info', ...env },
    logFile,
  });
  const kill = async () => {
    child.signal('SIGKILL');
    await child.exited;
  };
  const log = async () => await readFile(logFile, 'utf8');
  await eventually(async () => {
    const text = await log();
    if (!text.includes(`${script}.ready`)) throw new Error(`${script} is not ready: ${text}`);
  }, READY_WITHIN_MS);
  return {
    pid: child.pid,
    kill,
    log,
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    async end() {
      await child.stop(END_WITHIN_MS);
      return (await child.exited).code;
    },
  };
}
