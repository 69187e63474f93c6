import { existsSync, mkdirSync, rmSync, statSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlainFailure, codeOf, messageOf } from './failure.ts';
import { livePid, writePidFile } from './pid-file.ts';

/** The checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where `npm start` keeps what is its own: `.holdfast` in the checkout, or the folder that HOLDFAST_DATA names. */
export interface Place {
  readonly folder: string;
  readonly logs: string;
  /** The pid files of the processes that run. */
  readonly run: string;
}

/** A new database takes about 250 MB, and needs room to work. */
const FREE_BYTES_MIN = 500 * 1024 * 1024;

/**
 * Makes the folder if it isn't there.
 * @throws PlainFailure when it can't be written or its disk is full.
 */
export function openPlace(env: NodeJS.ProcessEnv): Place {
  const folder = resolve(ROOT, env['HOLDFAST_DATA'] ?? '.holdfast');
  const place = { folder, logs: join(folder, 'logs'), run: join(folder, 'run') };
  try {
    for (const each of [folder, place.logs, place.run]) makeFolder(each);
    writePidFile(join(place.run, 'probe'), process.pid);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < FREE_BYTES_MIN) throw new PlainFailure(fullDisk(folder, bavail * bsize));
  } catch (error) {
    if (error instanceof PlainFailure) throw error;
    if (codeOf(error) === 'ENOSPC') throw new PlainFailure(fullDisk(folder, 0), { cause: error });
    throw new PlainFailure(
      `The folder ${folder} can't be written (${messageOf(error)}): make it yours, or name another: HOLDFAST_DATA=/a/folder npm start`,
      { cause: error },
    );
  }
  return place;
}

/** Not `recursive`: Node's own recursion never ends where the system can't make folders at all, as in /proc. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(folder).isDirectory()) return;
    if (codeOf(error) !== 'ENOENT' || existsSync(dirname(folder))) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}

function fullDisk(folder: string, freeBytes: number): string {
  return (
    `The disk of ${folder} has ${megabytes(freeBytes)} MB left and ${megabytes(FREE_BYTES_MIN)} are needed: ` +
    'make room, or name a folder on another disk: HOLDFAST_DATA=/a/folder npm start'
  );
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}

/**
 * Takes the folder for this process: two starts on one database would end in tears.
 * @throws PlainFailure when another start has it.
 */
export function takePlace(place: Place): void {
  const file = join(place.folder, 'start.pid');
  const other = livePid(file);
  if (other !== undefined && other !== process.pid) {
    throw new PlainFailure(
      `Holdfast already runs from ${place.folder} (process ${other}): stop it with Ctrl-C or \`kill ${other}\`, ` +
        'or run a second one beside it: HOLDFAST_DATA=.holdfast/second PORT=3001 npm start',
    );
  }
  writePidFile(file, process.pid);
}

/** Gives the folder back. */
export function releasePlace(place: Place): void {
  const file = join(place.folder, 'start.pid');
  if (livePid(file) === process.pid) rmSync(file, { force: true });
}
