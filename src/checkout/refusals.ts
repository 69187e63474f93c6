import type { Hold } from '../holds/hold-store.ts';
import { type Payment, listPaymentsOfHold } from '../payments/payment-store.ts';
import type { Tx } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import { CHECKOUT_PROBLEMS } from './problems.ts';

/** @throws Problem that says why a checkout of this hold can't begin; returns when it can. */
export async function refuseEnded(tx: Tx, hold: Hold, live: Payment | null): Promise<void> {
  if (hold.status === 'held' && !hold.isOverdue && live === null) return;
  if (hold.status === 'queued')
    throw new Problem(CHECKOUT_PROBLEMS.hold_not_ready, 'Wait until the hold is `held`.');
  if (hold.status === 'booked') {
    const payments = await listPaymentsOfHold(tx, hold);
    throw alreadyPaid(
      payments.find((payment) => payment.capturedAmount > 0)?.paymentId ?? payments.at(-1)?.paymentId ?? null,
    );
  }
  if (hold.status === 'checkout' || live !== null) {
    throw new Problem(
      CHECKOUT_PROBLEMS.payment_processing,
      'The last payment of this hold is being settled: try again in a moment.',
    );
  }
  throw new Problem(CHECKOUT_PROBLEMS.hold_not_open, 'The hold is over: select the seats again.');
}

export function alreadyPaid(paymentId: string | null): Problem {
  return new Problem(CHECKOUT_PROBLEMS.already_paid, 'It is paid for: see the payment.', {
    members: paymentId === null ? {} : { paymentId },
  });
}
