import { type CrashPoint, crashPoint } from './crash-point.ts';
import type { Call } from './gather-calls.ts';
import type { Log } from './log.ts';
import { NotAllAlike, hadNoConnection, isDuplicate, isRetriable } from './mysql.ts';

/** How long a call waits for company at most, where there is any; a lone one waits for none. */
const BEGUN_EVERY_MS = 30;
const CALLS_MAX = 100;

export type JoinedWork<Item, Result> = {
  /** What it is, as the log names it. */
  readonly name: string;
  /** Where the process is when it was done for several, and none of them knows. */
  readonly doneAt?: CrashPoint;
  /**
   * Does it for several whose case is the usual one, and says `undefined` for each whose case is not, and for which
   * nothing was done. @throws when it was not done for all of the others, as far as anybody knows.
   */
  together(items: readonly Item[]): Promise<readonly (Result | undefined)[]>;
  /** Does it for one, whatever its case; also after `together` has done it, and could not say so. */
  alone(item: Item): Promise<Result>;
};

/**
 * Joins the calls of a moment, since a statement for twenty costs little more than one for one. A call that comes when
 * none is being done is begun with in the same turn of the event loop. Those that come while others are being done, or
 * after a lot of several, make up the next lot, 30 ms after the last was begun. Where they can't be done together each is
 * done alone, and fails or succeeds by itself.
 */
export function joinCalls<Item, Result>(
  log: Log,
  work: JoinedWork<Item, Result>,
): (item: Item) => Promise<Result> {
  let waiting: Call<Item, Result>[] = [];
  let begunAtMs = -Infinity;
  let running = 0;
  let lastCount = 0;
  const begin = () => {
    const calls = waiting.slice(0, CALLS_MAX);
    waiting = waiting.slice(CALLS_MAX);
    begunAtMs = performance.now();
    lastCount = calls.length;
    running += calls.length;
    if (waiting.length > 0) setTimeout(begin, BEGUN_EVERY_MS);
    void run(log, work, calls);
  };
  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    waiting.push({
      item,
      // Left before its caller hears of it, who may well call again.
      resolve(result) {
        running -= 1;
        resolve(result);
      },
      reject(error) {
        running -= 1;
        reject(error);
      },
    });
    if (waiting.length === 1) {
      const isRush = running > 0 || lastCount > 1;
      const waitMs = isRush ? begunAtMs + BEGUN_EVERY_MS - performance.now() : 0;
      if (waitMs > 0) setTimeout(begin, waitMs);
      else setImmediate(begin);
    }
    return promise;
  };
}

/** Joins look-ups by a key; null: it is not there. */
export function joinReads<Value>(
  log: Log,
  name: string,
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | null> {
  return joinCalls<string, Value | null>(log, {
    name,
    async together(keys) {
      const found = await read(keys);
      return keys.map((key) => found.get(key) ?? null);
    },
    alone: async (key) => (await read([key])).get(key) ?? null,
  });
}

async function run<Item, Result>(
  log: Log,
  work: JoinedWork<Item, Result>,
  calls: readonly Call<Item, Result>[],
): Promise<void> {
  let results: readonly (Result | undefined)[] = [];
  try {
    if (calls.length > 1) {
      results = await work.together(calls.map(({ item }) => item));
      if (work.doneAt !== undefined && areSeveral(results)) crashPoint(work.doneAt);
    }
  } catch (error) {
    // Each would wait as long again, and for the same.
    if (hadNoConnection(error)) return calls.forEach(({ reject }) => reject(error));
    logParted(log, work.name, calls.length, error);
  }
  for (const [index, { item, resolve, reject }] of calls.entries()) {
    const result = results[index];
    if (result === undefined) work.alone(item).then(resolve, reject);
    else resolve(result);
  }
}

function areSeveral(results: readonly unknown[]): boolean {
  return results.filter((result) => result !== undefined).length > 1;
}

/** What comes of many at once is no news; anything else may be a fault of ours, which doing it alone would hide. */
function logParted(log: Log, work: string, count: number, error: unknown): void {
  if (error instanceof NotAllAlike || isRetriable(error) || isDuplicate(error))
    log.info({ work, count, reason: error instanceof Error ? error.message : '' }, 'calls.parted');
  else log.warn({ work, count, err: error }, 'calls.parted');
}
