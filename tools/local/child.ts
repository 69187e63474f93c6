import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writePidFile } from './pid-file.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Everything that the child prints is appended here. */
  readonly logFile: string;
  /** Names the process while it runs, so that a later start finds it if nobody could stop it. */
  readonly pidFile?: string | undefined;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  /** Settles when the process has ended, however it ended; never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Whether it has ended. */
  hasExited(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Sends SIGTERM, waits for the end up to `deadlineMs`, then sends SIGKILL. Harmless when it has ended. */
  stop(deadlineMs: number): Promise<void>;
}

/**
 * Starts a long-lived process in a session of its own, so that a Ctrl-C at the terminal reaches only us and we end
 * our children in order. Where the system can (Linux, by setpriv), the child is also sent SIGTERM when the process
 * that started it dies without a chance to do so, e.g. by SIGKILL.
 *
 * Rejects when the program can't be started at all.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = await open(options.logFile, 'a');
  try {
    const [command, args] = tiedToUs(options.command, options.args);
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    let ended = false;
    const exited = new Promise<ChildExit>((resolve) => {
      child.once('exit', (code, signal) => {
        ended = true;
        resolve({ code, signal });
      });
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    const { pidFile } = options;
    if (pidFile !== undefined) {
      writePidFile(pidFile, pid);
      void exited.then(() => rmSync(pidFile, { force: true }));
    }
    return {
      pid,
      exited,
      hasExited: () => ended,
      signal: (name) => void child.kill(name),
      stop: async (deadlineMs) => {
        if (ended) return;
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
        await exited;
        clearTimeout(timer);
      },
    };
  } finally {
    await log.close();
  }
}

const SETPRIV = '/usr/bin/setpriv';

/**
 * A command line whose process is sent SIGTERM when the process that started it dies, where the system can do that.
 * setpriv replaces itself by the program, so the child's process id is the program's own.
 */
export function tiedToUs(command: string, args: readonly string[]): [string, readonly string[]] {
  return existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'TERM', '--', command, ...args]] : [command, args];
}
