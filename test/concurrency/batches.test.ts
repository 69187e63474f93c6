import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBatches } from '../../src/platform/batches.ts';
import { openMysql } from '../../src/platform/mysql.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const db = () => holdfast.current.server.resources.db;
const batches = () => holdfast.current.server.resources.batches;

beforeAll(async () => {
  await sql`CREATE TABLE tried (n INT PRIMARY KEY, word VARCHAR(40) NULL, told BIGINT NULL)`.execute(db());
});
afterAll(async () => {
  await sql`DROP TABLE tried`.execute(db());
});

async function numbers(): Promise<number[]> {
  const { rows } = await sql<{ n: number }>`SELECT n FROM tried ORDER BY n`.execute(db());
  return rows.map(({ n }) => n);
}

test('statements sent at once / are one transaction, and tell what each did, and a number from one to the next', async () => {
  const done = await batches().transact(
    [
      sql`INSERT INTO tried (n, told) SELECT 1, LAST_INSERT_ID(4711)`,
      sql`UPDATE tried SET told = LAST_INSERT_ID() + 1 WHERE n < 3`,
      sql`UPDATE tried SET told = 5 WHERE n = 99`,
    ],
    (each) => each,
  );
  expect(done).toMatchObject([{ changed: 1, insertId: 4711 }, { changed: 1 }, { changed: 0 }]);
  const { rows } = await sql<{ told: number }>`SELECT told FROM tried WHERE n = 1`.execute(db());
  expect(rows).toEqual([{ told: 4712 }]);
});

test.each([
  {
    what: 'of which one is refused',
    statements: [sql`INSERT INTO tried (n) VALUES (11)`, sql`INSERT INTO tried (n) VALUES (11)`],
    check: () => undefined,
    message: 'Duplicate',
  },
  {
    what: 'whose check says no',
    statements: [sql`INSERT INTO tried (n) VALUES (12)`],
    check: () => {
      throw new Error('not so');
    },
    message: 'not so',
  },
])('statements $what / change nothing, nor does what is sent on the connection after', async (refused) => {
  await expect(batches().transact(refused.statements, refused.check)).rejects.toThrow(refused.message);
  for (let times = 0; times < 8; times += 1)
    await batches().transact([sql`UPDATE tried SET word = 'after'`], () => undefined);
  expect(await numbers()).not.toContain(11);
  expect(await numbers()).not.toContain(12);
});

test('a statement with a parameter / is sent by itself, so that what is in it can append nothing', async () => {
  const word = "'; DELETE FROM tried; --";
  await batches().transact(
    [sql`INSERT INTO tried (n) VALUES (21)`, sql`UPDATE tried SET word = ${word} WHERE n = 21`],
    ([inserted, updated]) => expect([inserted?.changed, updated?.changed]).toEqual([1, 1]),
  );
  const { rows } = await sql`SELECT word FROM tried WHERE n = 21`.execute(db());
  expect(rows).toEqual([{ word }]);
});

test('several statements in one / are refused by the connections of everybody else', async () => {
  const others = openMysql(holdfast.current.env['DATABASE_URL'] ?? '', 1);
  onTestFinished(() => others.destroy());
  await expect(sql.raw('SELECT 1; SELECT 2').execute(others)).rejects.toThrow(/SQL syntax/);
  const alone = openBatches(holdfast.current.env['DATABASE_URL'] ?? '');
  onTestFinished(() => alone.close());
  await alone.transact([sql`UPDATE tried SET word = 'x'`, sql`UPDATE tried SET word = 'y'`], () => undefined);
});
