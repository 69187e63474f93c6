import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { lockPayment, movePayment } from './payment-store.ts';

/**
 * Gives up a payment that waits for money, when it is proven that its session can't be paid. false when it waits no
 * more, or has got a session since the caller looked: then nothing is proven.
 */
export async function closeUnpaid(
  resources: Resources,
  close: { paymentId: string; sessionId: string | null; to: 'expired' | 'failed'; reason?: string },
): Promise<boolean> {
  const { paymentId, sessionId, to, reason } = close;
  return inTransaction(resources.db, async (tx) => {
    const payment = await lockPayment(tx, paymentId);
    if (payment === null || payment.status !== 'pending' || payment.sessionId !== sessionId) return false;
    return movePayment(tx, {
      paymentId,
      from: ['pending'],
      to,
      ...(reason === undefined ? {} : { set: { last_error: reason } }),
    });
  });
}
