import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { newId } from '../../src/platform/id.ts';
import { startChild } from '../../tools/local/child.ts';
import { eventually } from './eventually.ts';

/** A server in a process of its own, with a log of its own; it ends with the test at the latest. */
export type ServerProcess = {
  readonly url: string;
  readonly pid: number;
  /** All that it has written so far, to standard output and standard error. */
  log(): Promise<string>;
  /** SIGTERM; all that it wrote. */
  stop(): Promise<string>;
};

const STOP_WITHIN_MS = 12_000;
const READY_WITHIN_MS = 60_000;

/** To be called inside a test. */
export async function startServerProcess(
  holdfast: { readonly env: Readonly<Record<string, string>> },
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const logFile = join(inject('runFolder'), `server-${newId()}.log`);
  const compileCache = join(inject('runFolder'), 'compile-cache');
  const child = await startChild({
    command: process.execPath,
    args: [join('src', 'server.ts')],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...holdfast.env, PORT: '0', ...env },
    logFile,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  const log = async () => await readFile(logFile, 'utf8');
  const port = await eventually(async () => {
    const found = /"port":(\d+)/.exec(await log())?.[1];
    if (found === undefined) throw new Error(`The server is not listening: ${await log()}`);
    return found;
  }, READY_WITHIN_MS);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    log,
    async stop() {
      await child.stop(STOP_WITHIN_MS);
      await child.exited;
      return await log();
    },
  };
}
