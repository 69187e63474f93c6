import { join } from 'node:path';
import { livePid } from '../local/pid-file.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { StartError } from '../../src/platform/shutdown.ts';

/** What is done to the system in the middle of a rush. */
export type Fault = { readonly name: string; strike(): Promise<void> };

/**
 * Kills the seat worker (SIGKILL); whoever runs it has to start it again, as `npm start` does.
 * @throws StartError when it is not known which process that is.
 */
export function killWorkerFault(runFolder: string | null, workerPid: number | null): Fault {
  const pidOf = () =>
    workerPid ?? (runFolder === null ? undefined : livePid(join(runFolder, 'seat-worker.pid')));
  if (pidOf() === undefined) {
    throw new StartError(
      'Which process is the seat worker? --kill-worker works beside `npm start`, or with --worker-pid PID.',
    );
  }
  return {
    name: 'seat worker killed',
    async strike() {
      const pid = pidOf();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    },
  };
}

export function flushFault(redis: Redis): Fault {
  return {
    name: 'Redis flushed',
    async strike() {
      await redis.flushall();
    },
  };
}
