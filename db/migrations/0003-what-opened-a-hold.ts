import { type Kysely, sql } from 'kysely';

/**
 * A hold remembers the claim that opened it, which so needs no row in `hold_claims`: half of what a rush would write there.
 * NULL for holds from before, whose claims have their rows. Appended to the end of the columns, which changes no row.
 * A process that died before it could note that this was done does it again: MySQL's ALTER is a transaction by itself.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`
    SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'holds' AND column_name = 'opened_with'
  `.execute(db);
  if (rows.length === 0) await sql`ALTER TABLE holds ADD COLUMN opened_with TEXT NULL`.execute(db);
}

export async function down(): Promise<void> {
  throw new Error('The column stays: what opened the holds since is written nowhere else.');
}
