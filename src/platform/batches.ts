import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Db, type DbOrTx, openMysql } from './mysql.ts';

/** What a statement did: how many rows it changed, and the last `LAST_INSERT_ID(n)` in it. */
export type Done = { readonly changed: number; readonly insertId: number };

export type Batches = {
  /**
   * Runs statements that change rows as one transaction, in two round trips: all of them, and the commit. `check` is told
   * what each did before they are committed, and rolls back by throwing.
   * @throws what `check` throws, and the first error of a statement, a deadlock too; nothing is changed then.
   */
  transact<Result>(
    statements: readonly RawBuilder<unknown>[],
    check: (done: readonly Done[]) => Result,
  ): Promise<Result>;
  close(): Promise<void>;
};

const CONNECTIONS_MAX = 2;
/** Whatever a connection was left in: a transaction that is open when another is begun would be committed by that. */
const BEGIN = [sql`ROLLBACK`, sql`START TRANSACTION`];

/**
 * Connections that take several statements at once, which those of everybody else refuse: an injection could append a
 * statement of its own to one of theirs. Here only what has no parameters is sent so, that is, nothing but words of ours,
 * ids and numbers (see `jsonRows`); statements with parameters go one by one.
 */
export function openBatches(url: string): Batches {
  const db: Db = openMysql(url, CONNECTIONS_MAX, { takesSeveral: true });
  return {
    transact: (statements, check) =>
      db.connection().execute(async (connection) => {
        try {
          const done = await runAll(connection, [...BEGIN, ...statements]);
          const result = check(done.slice(BEGIN.length));
          await sql`COMMIT`.execute(connection);
          return result;
        } catch (error) {
          // When it can't be sent, the connection is gone, and with it the transaction.
          await sql`ROLLBACK`.execute(connection).catch(() => undefined);
          throw error;
        }
      }),
    close: () => db.destroy(),
  };
}

const Headers = z.array(z.object({ affectedRows: z.int(), insertId: z.int() }));

async function runAll(connection: DbOrTx, statements: readonly RawBuilder<unknown>[]): Promise<Done[]> {
  const compiled = statements.map((statement) => statement.compile(connection));
  if (compiled.every(({ parameters }) => parameters.length === 0)) {
    const { rows } = await sql.raw(compiled.map((each) => each.sql).join(';\n')).execute(connection);
    return Headers.parse(rows).map(({ affectedRows, insertId }) => ({ changed: affectedRows, insertId }));
  }
  const done: Done[] = [];
  for (const statement of statements) {
    const { numAffectedRows, insertId } = await statement.execute(connection);
    done.push({ changed: Number(numAffectedRows ?? 0), insertId: Number(insertId ?? 0) });
  }
  return done;
}
