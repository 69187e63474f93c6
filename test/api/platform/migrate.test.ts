import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '../../../db/migrate.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });

it('a process that dies between changing the tables and noting it / the migration is done again, and changes nothing', async () => {
  const { db } = holdfast.current.server.resources;
  const newest = Object.keys(MIGRATIONS).at(-1) ?? '';
  await sql`DELETE FROM kysely_migration WHERE name = ${newest}`.execute(db);
  expect(await migrate(db)).toEqual([newest]);
  expect(await migrate(db)).toEqual([]);
});
