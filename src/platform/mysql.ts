import { CompiledQuery, Kysely, MysqlDialect, type Transaction, sql } from 'kysely';
import { type Pool, createPool, format } from 'mysql2';
import { z } from 'zod';
import type { Database } from '../../db/schema.ts';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;
/** For functions that only read or write and hold no lock beyond their statement. */
export type DbOrTx = Kysely<Database>;

/** UTC, for the driver. */
const TIME_ZONE = 'Z';
const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_WAIT_TIMEOUT_SECONDS = 5;
/** A process that is frozen amid a transaction would keep its locks, and so the seats from everybody, until it wakes up. */
const SILENT_TRANSACTION_SECONDS_MAX = 10;
const WAITING_FOR_CONNECTION_MAX = 10_000;
/** Whoever has waited so long for a connection is told "not now", instead of waiting behind a database that is stuck. */
const CONNECTION_WITHIN_MS = 5_000;
const NO_CONNECTION_CODE = 'ER_GET_CONNECTION_TIMEOUT';
const TRANSACTION_TRIES_MAX = 5;
/** InnoDB rolled the transaction back: it may be run again from its start. 1213 deadlock, 1205 lock wait time-out. */
const RETRIABLE_ERRNOS: ReadonlySet<unknown> = new Set([1213, 1205]);
/** A duplicate in a unique key: the constraint's answer, never to be retried blindly. */
const DUPLICATE_ERRNO = 1062;

/**
 * Opens the pool. What we rely on is set on each connection, because MySQL 8.4/9 and MariaDB 10.11/11 differ in it:
 * SQL mode, UTC, READ COMMITTED (no gap locks, so that inserts of two workers do not wait for each other).
 * `takesSeveral`: several statements may be sent at once, which is for `openBatches` alone.
 */
export function openMysql(
  url: string,
  connectionsMax: number,
  { takesSeveral = false }: { takesSeveral?: boolean } = {},
): Db {
  const pool = createPool({
    ...connectionOptions(url),
    multipleStatements: takesSeveral,
    connectionLimit: connectionsMax,
    maxIdle: connectionsMax,
    queueLimit: WAITING_FOR_CONNECTION_MAX,
    enableKeepAlive: true,
    // The driver looks for placeholders, letter by letter, also where there is nothing to put there.
    queryFormat: (statement: string, values: Parameters<typeof format>[1]) =>
      Array.isArray(values) && values.length === 0 ? statement : format(statement, values, false, TIME_ZONE),
  });
  const db = new Kysely<Database>({
    dialect: new MysqlDialect({
      pool: withPatience(pool, CONNECTION_WITHIN_MS),
      onCreateConnection: async (connection) => {
        for (const statement of SESSION_SETTINGS) {
          await connection.executeQuery(CompiledQuery.raw(statement));
        }
      },
    }),
  });
  pools.set(db, pool);
  return db;
}

const pools = new WeakMap<Db, Pool>();

/** The driver's own pool lets callers wait for ever. */
function withPatience(pool: Pool, withinMs: number): Pick<Pool, 'getConnection' | 'end'> {
  return {
    end: (callback) => pool.end(callback),
    getConnection(callback) {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        const error = new Error(`No connection was free within ${withinMs} ms.`);
        // Without a connection, as the driver itself calls it with an error.
        Reflect.apply(callback, undefined, [Object.assign(error, { code: NO_CONNECTION_CODE })]);
      }, withinMs);
      pool.getConnection((error, connection) => {
        clearTimeout(timer);
        if (!isLate) callback(error, connection);
        else if (error === null) connection.release();
      });
    },
  };
}

/** @throws when MySQL does not answer. */
export async function pingMysql(db: Db): Promise<void> {
  await sql`SELECT 1`.execute(db);
}

const Counted = z.object({ length: z.int() });
/** The driver counts these, under names of its own. */
const PoolUsage = z
  .object({ _allConnections: Counted, _freeConnections: Counted, _connectionQueue: Counted })
  .transform(({ _allConnections: open, _freeConnections: idle, _connectionQueue: waiting }) => ({
    open: open.length,
    idle: idle.length,
    waiting: waiting.length,
  }));

/** How many connections the pool has open and idle, and how many callers wait for one; null when the driver does not tell. */
export function poolUsage(db: Db): z.output<typeof PoolUsage> | null {
  return PoolUsage.safeParse(pools.get(db)).data ?? null;
}

const SESSION_SETTINGS = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'",
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  // In a comment that MariaDB alone reads: MySQL knows no such limit.
  `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_TIMEOUT_SECONDS} /*M! , idle_transaction_timeout = ${SILENT_TRANSACTION_SECONDS_MAX} */`,
];

/** What mysql2 is told for a URL: `mysql://user:password@host:port/database`, optionally `?socketPath=/path`. */
export function connectionOptions(url: string) {
  const parsed = new URL(url);
  const socketPath = parsed.searchParams.get('socketPath');
  return {
    ...(socketPath === null ? { host: parsed.hostname, port: Number(parsed.port || 3306) } : { socketPath }),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
    charset: 'utf8mb4',
    timezone: TIME_ZONE,
    connectTimeout: CONNECT_TIMEOUT_MS,
  };
}

/**
 * Runs `work` in one transaction. A deadlock or a lock wait time-out rolls everything back and runs `work` again from
 * its start, a few times; so `work` must have no effect outside the transaction, and must use `tx` alone: a second
 * connection taken inside a transaction is how a pool starves itself.
 * @throws what `work` throws, and the last deadlock when the tries are used up.
 */
export async function inTransaction<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return retryRolledBack(() => inOneTransaction(db, work));
}

/** The same without a second try: for work that has another way to be done. @throws what `work` throws, and a deadlock. */
export async function inOneTransaction<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(work);
}

/**
 * The same for a statement that is a transaction by itself: InnoDB may choose it, too, for a deadlock's victim.
 * @throws what `work` throws, and the last deadlock when the tries are used up.
 */
export async function retryRolledBack<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= TRANSACTION_TRIES_MAX || !isRetriable(error)) throw error;
    }
  }
}

/** What was to be done to all of several rows found some of them otherwise. */
export class NotAllAlike extends Error {
  /** @throws NotAllAlike */
  static unless(found: number, expected: number, what: string): void {
    if (found !== expected) throw new NotAllAlike(`Of ${expected} ${what} ${found} were as expected.`);
  }
}

/** Whether InnoDB rolled back for a reason that a second run may not meet. */
export function isRetriable(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && RETRIABLE_ERRNOS.has(error.errno);
}

/** Whether nothing was done because no connection was free for so long. */
export function hadNoConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === NO_CONNECTION_CODE;
}

/** Whether a unique key refused the row; `key` narrows it to one key by name. */
export function isDuplicate(error: unknown, key?: string): boolean {
  return (
    error instanceof Error &&
    'errno' in error &&
    error.errno === DUPLICATE_ERRNO &&
    (key === undefined || error.message.includes(key))
  );
}

/** The database's clock, UTC: the one that decides on expiry. */
export const NOW = sql<Date>`UTC_TIMESTAMP(3)`;

/** The database's clock plus so many milliseconds. */
export function nowPlusMs(ms: number) {
  return sql<Date>`UTC_TIMESTAMP(3) + INTERVAL ${Math.round(ms) * 1000} MICROSECOND`;
}
