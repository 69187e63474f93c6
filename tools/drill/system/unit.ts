import { existsSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type Child, startChild } from '../../local/child.ts';
import { lastWords } from '../../local/child-log.ts';
import { ROOT } from '../../local/place.ts';

export type UnitKind = 'server' | 'seat-worker' | 'cleanup-worker' | 'stand-in';

/** A process of the product, in which the drill breaks things. */
export type Unit = {
  readonly kind: UnitKind;
  readonly name: string;
  readonly logFile: string;
  pid(): number;
  /** Starts it and returns when it is ready; with `env` beside its own variables, and `nodeArgs` for Node. */
  start(extra?: { env?: Readonly<Record<string, string>>; nodeArgs?: readonly string[] }): Promise<void>;
  isRunning(): boolean;
  /** SIGKILL; returns when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, then waits for its end. */
  stop(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Resolves when the process that runs now has ended, which is what is wanted of it. */
  ended(): Promise<void>;
  /** How often it ended without having been told to, and its last words then: must be empty. */
  readonly ownDeaths: readonly string[];
  /** One after the other: whoever breaks the unit has it to itself until it is whole again. */
  alone(work: () => Promise<void>): Promise<void>;
};

export type UnitLaunch = {
  readonly kind: UnitKind;
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly ready: RegExp;
  readonly nodeArgs?: readonly string[] | undefined;
};

const READY_WITHIN_MS = 90_000;
const READY_POLL_MS = 20;
const STOP_WITHIN_MS = 12_000;

export function makeUnit(launch: UnitLaunch): Unit {
  let child: Child | null = null;
  let isTold = false;
  let turn: Promise<void> = Promise.resolve();
  const ownDeaths: string[] = [];

  const watch = async (started: Child) => {
    const { code, signal } = await started.exited;
    if (isTold || child !== started) return;
    ownDeaths.push(`${launch.name} ended by itself (${code ?? signal}): ${await lastWords(launch.logFile)}`);
  };
  const unit: Unit = {
    ...launch,
    ownDeaths,
    pid: () => child?.pid ?? 0,
    isRunning: () => child !== null && !child.hasExited(),
    async start({ env = {}, nodeArgs = [] } = {}) {
      const from = existsSync(launch.logFile) ? statSync(launch.logFile).size : 0;
      isTold = false;
      child = await startChild({
        command: process.execPath,
        args: [...(launch.nodeArgs ?? []), ...nodeArgs, launch.script],
        cwd: ROOT,
        env: { PATH: process.env['PATH'] ?? '', ...launch.env, ...env },
        logFile: launch.logFile,
      });
      void watch(child);
      await untilReady(child, launch, from);
    },
    async kill() {
      isTold = true;
      child?.signal('SIGKILL');
      await child?.exited;
    },
    async stop() {
      isTold = true;
      child?.signal('SIGCONT');
      await child?.stop(STOP_WITHIN_MS);
    },
    freeze: () => child?.signal('SIGSTOP'),
    thaw: () => child?.signal('SIGCONT'),
    async ended() {
      isTold = true;
      await child?.exited;
    },
    alone(work) {
      const mine = turn.then(work);
      turn = mine.catch(() => {});
      return mine;
    },
  };
  return unit;
}

async function untilReady(child: Child, { name, logFile, ready }: UnitLaunch, from: number): Promise<void> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  for (;;) {
    if (ready.test(readFileSync(logFile).subarray(from).toString('utf8'))) return;
    // One that is killed while it starts was meant to be.
    if (child.hasExited()) return;
    if (performance.now() > deadlineMs)
      throw new Error(`The ${name} did not get ready: ${await lastWords(logFile)}`);
    await wait(READY_POLL_MS);
  }
}
