import { type Kysely, sql } from 'kysely';

/**
 * A third kind of lock: the organiser keeps the seat off sale. Such a lock belongs to no buyer's hold and never runs out;
 * see `src/seats/blocked-seat-store.ts`. Appended to the end of the list, which changes no row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE event_seats MODIFY COLUMN lock_kind ENUM('hold','checkout','blocked') NULL`.execute(
    db,
  );
}

export async function down(): Promise<void> {
  throw new Error('Blocked seats are not taken back: unblock them, and leave the column as it is.');
}
