import { startChild } from './child.ts';
import { ROOT } from './place.ts';

export interface NodeRun {
  /** The script and its arguments, for this same Node. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Everything that it prints is appended here. */
  readonly logFile: string;
  /** Ends the script early. */
  readonly halt?: AbortSignal | undefined;
}

const STOP_DEADLINE_MS = 5_000;

/**
 * Runs a Node script in the checkout to its end and returns its exit code; null when a signal ended it.
 * @throws the reason of `halt` when that ended it.
 */
export async function runToEnd({ args, env, logFile, halt }: NodeRun): Promise<number | null> {
  halt?.throwIfAborted();
  const child = await startChild({ command: process.execPath, args, cwd: ROOT, env, logFile });
  const stop = () => void child.stop(STOP_DEADLINE_MS);
  halt?.addEventListener('abort', stop, { once: true });
  const { code } = await child.exited;
  halt?.removeEventListener('abort', stop);
  halt?.throwIfAborted();
  return code;
}
