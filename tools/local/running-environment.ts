import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readEnvironment } from './environment.ts';
import { PlainFailure, codeOf } from './failure.ts';
import { livePid } from './pid-file.ts';
import { ROOT } from './place.ts';
import type { Place } from './place.ts';

const FILE = 'environment.json';
/** What the processes are told; the rest of the shell's variables is nobody's business. */
const OURS =
  /^(PORT|HOST|BASE_URL|DATABASE_\w+|REDIS_URL|JWT_SECRET\w*|STRIPE_\w+|HOLD_\w+|CHECKOUT_\w+|SEATS_\w+|CLEANUP_\w+|RATE_LIMIT_\w+)$/;

/** Keeps what the processes were started with, readable by its owner only, for the tools that look at them from outside. */
export function keepEnvironment(place: Place, env: NodeJS.ProcessEnv): void {
  const ours = Object.fromEntries(Object.entries(env).filter(([name]) => OURS.test(name)));
  const file = join(place.folder, FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(ours, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The variables of a running Holdfast; `runFolder` holds the pid files of its processes, if `npm start` runs it here. */
export type RunningEnvironment = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runFolder: string | null;
};

/**
 * Where the running system is: as the environment and `.env` say, or, when they name no stores, as `npm start` runs it in
 * this folder.
 * @throws PlainFailure when neither is so.
 */
export function readRunningEnvironment(): RunningEnvironment {
  const env = readEnvironment();
  const folder = resolve(ROOT, env['HOLDFAST_DATA'] ?? '.holdfast');
  const kept = livePid(join(folder, 'start.pid')) === undefined ? null : readKept(join(folder, FILE));
  const runFolder = kept === null ? null : join(folder, 'run');
  if (env['DATABASE_URL'] !== undefined && env['REDIS_URL'] !== undefined) return { env, runFolder };
  if (kept !== null) return { env: { ...kept, ...env }, runFolder };
  throw new PlainFailure(
    'Which Holdfast? None runs here by `npm start`, and DATABASE_URL and REDIS_URL are not set (in the shell or in .env).',
  );
}

function readKept(file: string): Record<string, string> | null {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
