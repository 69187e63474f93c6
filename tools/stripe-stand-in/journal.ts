import { createReadStream, mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Lines on disk, in order. `append` resolves when its line is on the disk (fdatasync); lines that arrive
 * while a sync runs share the next one. `compact` replaces everything before it by a snapshot.
 */
export interface Journal {
  append(line: string): Promise<void>;
  /** Reads the lines only once later appends go to a new file, so it must be lazy to miss none of them. */
  compact(snapshot: Iterable<string>): Promise<void>;
  readonly linesSinceSnapshot: number;
  close(): Promise<void>;
}

const snapshotChunkChars = 1_000_000;

/**
 * Reads what is there through `onLine`, then goes on in a new file. The folder holds `snapshot-N.ndjson`
 * (all that files before N said) and `journal-N.ndjson` upwards. A last line torn by a crash is left out:
 * its write was never acknowledged. Throws the file system's error when the folder can't be used.
 */
export async function openJournal(
  folder: string,
  onLine: (line: string) => void,
  onFailure: (error: Error) => void,
): Promise<Journal> {
  mkdirSync(folder, { recursive: true });
  const { snapshot, journals } = await listFiles(folder);
  let lines = 0;
  if (snapshot !== undefined) await readLines(join(folder, snapshotName(snapshot)), onLine);
  for (const number of journals) lines += await readLines(join(folder, journalName(number)), onLine);
  const next = Math.max(snapshot ?? 0, journals.at(-1) ?? 0) + 1;
  return createJournal({ folder, number: next, lines, onFailure, file: await createFile(folder, next) });
}

interface Opening {
  readonly folder: string;
  readonly number: number;
  readonly lines: number;
  readonly file: FileHandle;
  readonly onFailure: (error: Error) => void;
}

function createJournal(opening: Opening): Journal {
  const { folder } = opening;
  let { number, lines, file } = opening;
  let batch: string[] = [];
  let flushing: Promise<void> | undefined;
  let compacting: Promise<void> | undefined;

  /** Takes all lines at hand, once the sync before it has ended; whoever comes meanwhile joins it. */
  let following: Promise<void> | undefined;
  const flush = (): Promise<void> => {
    following ??= (flushing ?? Promise.resolve()).then(() => {
      following = undefined;
      const text = `${batch.join('\n')}\n`;
      batch = [];
      flushing = writeDurably(file, text).catch((error: unknown) => {
        opening.onFailure(error instanceof Error ? error : new Error(String(error)));
        throw error;
      });
      return flushing;
    });
    return following;
  };

  const takeSnapshot = async (snapshot: Iterable<string>): Promise<void> => {
    await Promise.allSettled([following, flushing]);
    const previous = file;
    number += 1;
    file = await createFile(folder, number);
    await flushing;
    await previous.close();
    lines = 0;
    const temporary = join(folder, 'snapshot.partial');
    await writeSnapshot(temporary, snapshot);
    // What the snapshot already shows of transactions still being written must not outlive them.
    await Promise.allSettled([following, flushing]);
    await rename(temporary, join(folder, snapshotName(number)));
    await syncFolder(folder);
    await removeBefore(folder, number);
  };

  return {
    append(line) {
      batch.push(line);
      lines += 1;
      return flush();
    },
    compact(snapshot) {
      compacting ??= takeSnapshot(snapshot).finally(() => {
        compacting = undefined;
      });
      return compacting;
    },
    get linesSinceSnapshot() {
      return lines;
    },
    async close() {
      await Promise.allSettled([compacting, following, flushing]);
      await file.close();
    },
  };
}

async function writeDurably(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text);
  await file.datasync();
}

async function writeSnapshot(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    let chunk: string[] = [];
    let chars = 0;
    for (const line of lines) {
      chunk.push(line, '\n');
      chars += line.length;
      if (chars < snapshotChunkChars) continue;
      await file.appendFile(chunk.join(''));
      chunk = [];
      chars = 0;
    }
    await file.appendFile(chunk.join(''));
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function readLines(path: string, onLine: (line: string) => void): Promise<number> {
  let lines = 0;
  let held: string | undefined;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (held !== undefined) onLine(held);
    held = line;
    lines += 1;
  }
  if (held !== undefined && isWhole(held)) onLine(held);
  return lines;
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

async function listFiles(folder: string): Promise<{ snapshot: number | undefined; journals: number[] }> {
  const names = await readdir(folder);
  const numbers = (prefix: string): number[] =>
    names
      .map((name) => Number(new RegExp(`^${prefix}-(\\d+)\\.ndjson$`).exec(name)?.[1] ?? Number.NaN))
      .filter((number) => !Number.isNaN(number))
      .toSorted((a, b) => a - b);
  const snapshot = numbers('snapshot').at(-1);
  return { snapshot, journals: numbers('journal').filter((number) => number >= (snapshot ?? 0)) };
}

async function removeBefore(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = /^(?:snapshot|journal)-(\d+)\.ndjson$/.exec(name);
    if (found !== null && Number(found[1]) < number) await rm(join(folder, name), { force: true });
  }
}

async function createFile(folder: string, number: number): Promise<FileHandle> {
  const file = await open(join(folder, journalName(number)), 'a');
  await syncFolder(folder);
  return file;
}

/** Makes a created or renamed file's name durable, which syncing the file alone does not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

const journalName = (number: number): string => `journal-${number}.ndjson`;
const snapshotName = (number: number): string => `snapshot-${number}.ndjson`;
