import type { Payment } from '../payments/payment-store.ts';
import type { Resources } from '../resources.ts';

/** A payment's place in the line for Stripe's rate, and how long that takes: what the buyer is told while it waits. */
export function turnOf(
  { config, clock }: Pick<Resources, 'config' | 'clock'>,
  payment: Pick<Payment, 'checkedAt'> | null,
): { queuePosition: number; estimatedWaitSeconds: number } {
  const waitMs = Math.max(0, (payment?.checkedAt?.getTime() ?? 0) - clock.nowMs());
  return {
    queuePosition: Math.max(1, Math.ceil((waitMs / 1000) * config.stripe.requestsPerSecond)),
    estimatedWaitSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  };
}
