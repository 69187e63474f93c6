import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { openMysql } from '../src/platform/mysql.ts';
import { StartError, runProcess } from '../src/platform/shutdown.ts';
import type { Database } from './schema.ts';
import * as firstTables from './migrations/0001-first-tables.ts';
import * as blockedSeats from './migrations/0002-blocked-seats.ts';
import * as whatOpenedAHold from './migrations/0003-what-opened-a-hold.ts';

/** In the order of their names. A migration only adds: running servers of the version before must go on working. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-blocked-seats': blockedSeats,
  '0003-what-opened-a-hold': whatOpenedAHold,
};

/**
 * Brings the database to the newest version; several processes may call it at once (the Migrator takes a lock).
 * @returns the names of the migrations that ran. @throws what the first failing migration threw.
 */
export async function migrate(db: Kysely<Database>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('The migration failed.', { cause: error });
  return (results ?? []).map((result) => result.migrationName);
}

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new StartError('DATABASE_URL is missing: set it in .env (see .env.example).');
  const db = openMysql(url, 2);
  try {
    const done = await migrate(db);
    process.stdout.write(
      done.length === 0 ? 'The database is up to date.\n' : `Migrated: ${done.join(', ')}\n`,
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
      throw new StartError(`No MySQL answers at ${new URL(url).host}: start it, or correct DATABASE_URL.`);
    }
    throw error;
  } finally {
    await db.destroy();
  }
}

if (import.meta.main) runProcess(main);
