import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child.ts';
import { lastWords } from './child-log.ts';
import { PlainFailure } from './failure.ts';
import { RANK } from './local.ts';
import type { Local } from './local.ts';
import { ROOT } from './place.ts';
import type { Runnable } from './supervisor.ts';

const PROCESSES = [
  { name: 'server', script: join('src', 'server.ts'), portsOn: 0 },
  { name: 'seat worker', script: join('workers', 'seat-worker.ts'), portsOn: 0 },
  // Two workers on one machine can't both show their metrics at the same port.
  { name: 'cleanup worker', script: join('workers', 'cleanup-worker.ts'), portsOn: 1 },
] as const;

const READY_DEADLINE_MS = 60_000;
const READY_POLL_MS = 100;
const PROBE_TIMEOUT_MS = 5_000;
/** Our processes stop within 10 s by themselves; one that doesn't is killed. */
const STOP_DEADLINE_MS = 10_500;

interface Started extends Runnable {
  readonly name: string;
  readonly logFile: string;
  hasExited(): boolean;
}

/**
 * Starts the server and the workers, and returns when the server says that all is well (`/readyz`); from then on they
 * are started again when they crash.
 * @throws PlainFailure when one of them ends at its start, or readiness doesn't come.
 */
export async function startProcesses(local: Local, env: NodeJS.ProcessEnv, serverUrl: string): Promise<void> {
  local.halt.throwIfAborted();
  const started = await Promise.all(
    PROCESSES.map(
      async ({ name, script, portsOn }) => await start(local, withMetricsPort(env, portsOn), name, script),
    ),
  );
  try {
    await untilReady(started, `${serverUrl}/readyz`, local.halt);
  } catch (error) {
    await Promise.all(started.map(async (each) => await each.stop()));
    throw error;
  }
  for (const runnable of started) {
    local.supervisor.add({ name: runnable.name, runnable, logFile: runnable.logFile, rank: RANK.processes });
  }
}

function withMetricsPort(env: NodeJS.ProcessEnv, portsOn: number): NodeJS.ProcessEnv {
  const port = env['METRICS_PORT'];
  return port === undefined ? env : { ...env, METRICS_PORT: String(Number(port) + portsOn) };
}

async function start(
  { place }: Local,
  env: NodeJS.ProcessEnv,
  name: string,
  script: string,
): Promise<Started> {
  const file = name.replaceAll(' ', '-');
  const logFile = join(place.logs, `${file}.log`);
  const pidFile = join(place.run, `${file}.pid`);
  const spawn = async () =>
    await startChild({ command: process.execPath, args: [script], cwd: ROOT, env, logFile, pidFile });
  let child = await spawn();
  return {
    name,
    logFile,
    hasExited: () => child.hasExited(),
    exited: async () => await child.exited,
    restart: async () => {
      child = await spawn();
    },
    stop: async () => await child.stop(STOP_DEADLINE_MS),
  };
}

async function untilReady(started: readonly Started[], readyUrl: string, halt: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (!(await isReady(readyUrl))) {
    halt.throwIfAborted();
    const ended = started.find((each) => each.hasExited());
    if (ended !== undefined) {
      throw new PlainFailure(
        `The ${ended.name} can't start: ${await lastWords(ended.logFile)} (its log: ${ended.logFile})`,
      );
    }
    if (Date.now() > deadline) {
      throw new PlainFailure(
        `${readyUrl} did not answer 200 within ${READY_DEADLINE_MS / 1000} s: look into ${started.map(({ logFile }) => logFile).join(', ')}`,
      );
    }
    await sleep(READY_POLL_MS);
  }
}

async function isReady(readyUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false; // Not listening yet.
  }
}
