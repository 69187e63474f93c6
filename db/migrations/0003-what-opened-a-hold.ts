import { type Kysely, sql } from 'kysely';

/**
 * A hold remembers the claim that opened it, which so needs no row in `hold_claims`: half of what a rush would write there.
 * NULL for holds from before, whose claims have their rows. Appended to the end of the columns, which changes no row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE holds ADD COLUMN opened_with TEXT NULL`.execute(db);
}

export async function down(): Promise<void> {
  throw new Error('The column stays: what opened the holds since is written nowhere else.');
}
