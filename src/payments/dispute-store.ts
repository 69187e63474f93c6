import { toBytes } from '../platform/id.ts';
import { type DbOrTx, NOW } from '../platform/mysql.ts';
import type { DisputeFacts } from './stripe-disputes.ts';

/** Keeps what Stripe says of a dispute, whichever of its events came first. */
export async function upsertDispute(
  db: DbOrTx,
  dispute: DisputeFacts,
  paymentId: string | null,
): Promise<void> {
  await db
    .insertInto('disputes')
    .values({
      dispute_id: dispute.disputeId,
      payment_id: paymentId === null ? null : toBytes(paymentId),
      status: dispute.status,
      amount: dispute.amount,
      currency: dispute.currency,
      reason: dispute.reason,
      created_at: NOW,
      updated_at: NOW,
    })
    .onDuplicateKeyUpdate({
      status: dispute.status,
      amount: dispute.amount,
      reason: dispute.reason,
      updated_at: NOW,
    })
    .execute();
}
