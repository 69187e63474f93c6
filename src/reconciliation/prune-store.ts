import { sql } from 'kysely';
import { toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';

/** Deletes up to `limit` records of idempotency keys older than so many hours. */
export async function deleteOldIdempotencyKeys(db: DbOrTx, ageHours: number, limit: number): Promise<number> {
  const result = await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${sql.lit(ageHours)} HOUR`)
    .orderBy('created_at')
    .limit(limit)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Deletes up to `limit` of Stripe's events that were handled and came more than so many days ago. */
export async function deleteOldStripeEvents(db: DbOrTx, ageDays: number, limit: number): Promise<number> {
  const result = await db
    .deleteFrom('stripe_events')
    .where('status', 'in', ['done', 'ignored'])
    .where('received_at', '<', sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${sql.lit(ageDays)} DAY`)
    .orderBy('received_at')
    .limit(limit)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/**
 * Deletes up to `limit` claims made before `firstKeptId`, a UUIDv7 of that moment: ids sort by time, so each event's old
 * claims are a range at the begin of its key, and the table needs no index by time.
 */
export async function deleteOldClaims(db: DbOrTx, firstKeptId: string, limit: number): Promise<number> {
  const oldest = await db
    .selectFrom('hold_claims')
    .select((row) => ['event_id', row.fn.min('claim_id').as('oldest_id')])
    .groupBy('event_id')
    .execute();
  let deleted = 0;
  for (const { event_id: eventId, oldest_id: oldestId } of oldest) {
    if (deleted >= limit) break;
    if (Buffer.compare(oldestId, toBytes(firstKeptId)) >= 0) continue;
    const result = await db
      .deleteFrom('hold_claims')
      .where('event_id', '=', eventId)
      .where('claim_id', '<', toBytes(firstKeptId))
      .orderBy('claim_id')
      .limit(limit - deleted)
      .executeTakeFirst();
    deleted += Number(result.numDeletedRows);
  }
  return deleted;
}
