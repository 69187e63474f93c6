import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { toBytes } from '../../src/platform/id.ts';
import { waitForRest } from '../../src/reconciliation/audit.ts';
import type { Resources } from '../../src/resources.ts';
import { checkSeats } from './checks/check-seats.ts';
import type { Crowd } from './crowd/crowd.ts';

export type Unfinished = Readonly<Record<string, number>>;

const LOOK_EVERY_MS = 300;
/** A worker that was frozen until now may have a claim in its hands of which no queue knows any more, as Redis was lost. */
const LOOKS_AT_REST = 3;

/**
 * Waits until nothing is left to be done: every hold has ended, every payment has its last word, nothing is queued or
 * owed, and Redis says what MySQL says, and stays so for several looks.
 * @returns what is still unfinished after `withinMs`; nothing, when it rests.
 */
export async function comeToRest(resources: Resources, crowd: Crowd, withinMs: number): Promise<Unfinished> {
  const deadlineMs = performance.now() + withinMs;
  let looksAtRest = 0;
  for (;;) {
    const unfinished = await listUnfinished(resources, crowd).catch((error: unknown) => ({
      [String(error)]: 1,
    }));
    looksAtRest = Object.keys(unfinished).length === 0 ? looksAtRest + 1 : 0;
    if (looksAtRest === LOOKS_AT_REST || performance.now() > deadlineMs) return unfinished;
    await wait(LOOK_EVERY_MS);
  }
}

async function listUnfinished(resources: Resources, { eventId, seatCount }: Crowd): Promise<Unfinished> {
  const { rows } = await sql<Record<string, number>>`
    SELECT
      (SELECT COUNT(*) FROM holds WHERE event_id = ${toBytes(eventId)} AND status IN ('queued', 'held', 'checkout')) AS openHolds,
      (SELECT COUNT(*) FROM payments WHERE event_id = ${toBytes(eventId)} AND payment_status IN ('pending', 'refunding')) AS openPayments,
      (SELECT COUNT(*) FROM payments WHERE event_id = ${toBytes(eventId)} AND fulfilled_at IS NULL) AS unfulfilled,
      (SELECT COUNT(*) FROM refunds WHERE status IN ('requested', 'pending', 'requires_action')) AS openRefunds
  `.execute(resources.db);
  const delayed = await resources.queues.byName.payments.getJobCountByTypes('delayed');
  const seats = await checkSeats(resources, eventId, seatCount);
  const all: Record<string, number> = {
    ...rows[0],
    ...(await waitForRest(resources, 0)),
    delayedPaymentJobs: delayed,
    seatsNotAtRest: seats.length,
  };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}
