import { Collection } from './collection.ts';
import { openJournal, type Journal } from './journal.ts';
import type { EventRecord, Kind, Tables } from './records.ts';

/**
 * All that the stand-in knows, in memory and in its journal. `transact` runs a synchronous function: as
 * nothing else runs meanwhile, what it checks is still true when it writes (this is the one lock between
 * paying, expiring and the timer), and its writes reach the journal as one line, so a crash keeps all or none.
 */
export interface Store {
  readonly tables: { readonly [K in Kind]: Collection<Tables[K]> };
  put<K extends Kind>(kind: K, record: Tables[K]): void;
  /** Puts a new event, to be sent when the transaction is durable. */
  addEvent(record: EventRecord): void;
  remove(kind: Kind, id: string): void;
  transact<T>(work: () => T): Committed<T>;
  setClockOffset(offsetMs: number): void;
  readonly clockOffsetMs: number;
  reset(): Promise<void>;
  close(): Promise<void>;
}

interface Committed<T> {
  /** What the work returned, or why it threw; what it wrote before throwing stays written. */
  readonly outcome:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: unknown };
  /** Events made by the work; to be sent once durable. */
  readonly events: readonly EventRecord[];
  /** Resolves when the writes are on the disk. */
  readonly durable: Promise<void>;
}

type Change = readonly [Kind, unknown] | readonly [Kind, null, string];
interface Line {
  readonly changes?: readonly Change[];
  readonly clockOffsetMs?: number;
  readonly reset?: true;
}

const compactAfterLines = 400_000;
/** Compacting pays when most lines describe what has changed again since. */
const garbageFactor = 3;
export const answerKeptSeconds = 24 * 60 * 60;

/** Loads the folder's state. Throws the file system's error when the folder can't be used. */
export async function openStore(
  folder: string,
  nowSeconds: () => number,
  onFailure: (error: Error) => void,
): Promise<Store> {
  const tables = createTables();
  const memory = { clockOffsetMs: 0 };
  const journal = await openJournal(folder, (line) => applyLine(tables, memory, line), onFailure);
  const compactIfWorthIt = async (): Promise<void> => {
    const live = Object.values(tables).reduce((sum, table) => sum + table.size, 0);
    if (journal.linesSinceSnapshot < Math.min(compactAfterLines, 1_000 + garbageFactor * live)) return;
    pruneAnswers(tables, nowSeconds() + memory.clockOffsetMs / 1000);
    await journal.compact(snapshotLines(tables, memory.clockOffsetMs));
  };
  await compactIfWorthIt();
  return createStore(tables, memory, journal, compactIfWorthIt, onFailure);
}

function createStore(
  tables: Store['tables'],
  memory: { clockOffsetMs: number },
  journal: Journal,
  compactIfWorthIt: () => Promise<void>,
  onFailure: (error: Error) => void,
): Store {
  let changes: Map<string, Change> | undefined;
  let events: EventRecord[] = [];
  let commits = 0;

  const note = (kind: Kind, id: string, change: Change): void => {
    if (changes === undefined) throw new Error(`a ${kind} was changed outside a transaction`);
    changes.set(`${kind} ${id}`, change);
  };
  const commit = (line: Line): Promise<void> => {
    commits += 1;
    if (commits % 10_000 === 0) compactIfWorthIt().catch(onFailure);
    return journal.append(JSON.stringify(line));
  };
  return {
    tables,
    put(kind, record) {
      tables[kind].put(record);
      note(kind, record.id, [kind, record]);
    },
    addEvent(record) {
      events.push(record);
      tables.event.put(record);
      note('event', record.id, ['event', record]);
    },
    remove(kind, id) {
      tables[kind].remove(id);
      note(kind, id, [kind, null, id]);
    },
    transact(work) {
      if (changes !== undefined) throw new Error('transactions do not nest');
      const mine = new Map<string, Change>();
      changes = mine;
      events = [];
      const outcome = attempt(work);
      changes = undefined;
      const durable = mine.size === 0 ? Promise.resolve() : commit({ changes: [...mine.values()] });
      return { outcome, events, durable };
    },
    get clockOffsetMs() {
      return memory.clockOffsetMs;
    },
    setClockOffset(offsetMs) {
      memory.clockOffsetMs = offsetMs;
      commit({ clockOffsetMs: offsetMs }).catch(onFailure);
    },
    reset() {
      clear(tables, memory);
      return commit({ reset: true });
    },
    close: () => journal.close(),
  };
}

function attempt<T>(work: () => T): Committed<T>['outcome'] {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}

function createTables(): Store['tables'] {
  return {
    session: new Collection(),
    intent: new Collection(),
    charge: new Collection(),
    method: new Collection(),
    refund: new Collection(),
    dispute: new Collection(),
    product: new Collection(),
    price: new Collection(),
    customer: new Collection(),
    event: new Collection(),
    endpoint: new Collection(),
    answer: new Collection(),
    task: new Collection(),
  };
}

/** The parser of the journal: what it holds was written by `commit` above. */
function applyLine(tables: Store['tables'], memory: { clockOffsetMs: number }, text: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `commit` and `snapshotLines` write it
  const line = JSON.parse(text) as Line;
  if (line.reset === true) clear(tables, memory);
  if (line.clockOffsetMs !== undefined) memory.clockOffsetMs = line.clockOffsetMs;
  for (const [kind, record, removedId] of line.changes ?? []) {
    const table = tables[kind] as Collection<{ readonly id: string }>;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every record has an id
    if (removedId === undefined) table.put(record as { readonly id: string });
    else table.remove(removedId);
  }
}

function clear(tables: Store['tables'], memory: { clockOffsetMs: number }): void {
  for (const table of Object.values(tables)) table.clear();
  memory.clockOffsetMs = 0;
}

function* snapshotLines(tables: Store['tables'], clockOffsetMs: number): Generator<string> {
  yield JSON.stringify({ clockOffsetMs } satisfies Line);
  for (const [kind, table] of Object.entries(tables)) {
    for (const record of table.values()) yield `{"changes":[["${kind}",${JSON.stringify(record)}]]}`;
  }
}

function pruneAnswers(tables: Store['tables'], nowSeconds: number): void {
  for (const answer of tables.answer.values()) {
    if (answer.created + answerKeptSeconds < nowSeconds) tables.answer.remove(answer.id);
  }
}
