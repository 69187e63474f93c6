import { sql } from 'kysely';
import { fromBytes, toBytes } from '../../../src/platform/id.ts';
import type { Resources } from '../../../src/resources.ts';
import { readAnswer } from '../answers.ts';
import type { Entry } from '../ledger.ts';

/**
 * No job is lost: each claim that was answered 202 is decided, unless Redis was lost with the queue in it; no event of
 * Stripe's was given up, no refund is left in the outbox, and nothing waits for a person.
 */
export async function checkJobs(
  { db }: Resources,
  eventId: string,
  entries: readonly Entry[],
  { hasLostRedis }: { hasLostRedis: boolean },
): Promise<string[]> {
  const { rows: claims } = await sql<{ claim_id: Buffer; hold_id: Buffer }>`
    SELECT hold_id AS claim_id, hold_id FROM holds WHERE event_id = ${toBytes(eventId)}
    UNION ALL SELECT claim_id, hold_id FROM hold_claims WHERE event_id = ${toBytes(eventId)}
  `.execute(db);
  // A claim is known to its buyer by its own id, or by that of the open hold which it joins.
  const decided = new Set<string>(claims.flatMap((row) => [fromBytes(row.claim_id), fromBytes(row.hold_id)]));
  const queued = entries.flatMap(({ call, status, body }) =>
    call === 'hold' && status === 202 ? (readAnswer.hold(body)?.id ?? []) : [],
  );
  const lost = hasLostRedis ? [] : queued.filter((claimId) => !decided.has(claimId));
  const { rows } = await sql<{ what: string; count: number }>`
    SELECT 'events of Stripe given up' AS what, COUNT(*) AS count FROM stripe_events WHERE status = 'dead' HAVING count > 0
    UNION ALL SELECT CONCAT('refunds: ', status), COUNT(*) FROM refunds WHERE status <> 'succeeded' GROUP BY status
    UNION ALL SELECT CONCAT('payments flagged: ', flag), COUNT(*) FROM payments
      WHERE flag IS NOT NULL AND flag <> 'second_session' AND event_id = ${toBytes(eventId)} GROUP BY flag
  `.execute(db);
  return [
    ...lost.map((claimId) => `the claim ${claimId} was answered 202 and never decided`),
    ...rows.map(({ what, count }) => `${what}: ${count}`),
  ];
}
