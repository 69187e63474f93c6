import { getPayment } from '../api/payments.ts';
import { pause } from '../platform/pause.ts';
import type { Queue } from './cart-state.ts';

const ASK_MS = 1_500;

/** Asks until it is our turn at Stripe, and tells our place meanwhile. Returns where to go. */
export async function awaitTurn(
  paymentId: string,
  signal: AbortSignal,
  show: (queue: Queue) => void,
): Promise<string> {
  for (;;) {
    const payment = await getPayment(paymentId, signal);
    if (payment.url !== null) return payment.url;
    if (payment.status !== 'pending') return `/events/${payment.eventId}/payments/${payment.id}`;
    show({ position: payment.queuePosition, seconds: payment.estimatedWaitSeconds });
    await pause(ASK_MS, signal);
  }
}
