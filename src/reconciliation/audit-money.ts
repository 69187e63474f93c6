import { type Capture, listCaptures } from '../payments/stripe-captures.ts';
import type { Resources } from '../resources.ts';
import type { Finding } from './audit.ts';
import type { PaymentBalance } from './audit-store.ts';

/** Money that came less long ago may still be on its way to a booking or a refund. */
const IN_FLIGHT_MS_MAX = 5 * 60 * 1000;
/** Older captures were audited when they were young. */
const STRIPE_LOOK_BACK_MS = 30 * 24 * 60 * 60 * 1000;
const EXAMPLES_MAX = 5;

/**
 * I2: all captured money is worth bookings, or goes back. Our books are checked in themselves, then against Stripe's:
 * money that Stripe has taken under our name and that our books do not know is owed to someone.
 * @throws StripeFailure
 */
export async function auditMoney(
  resources: Resources,
  balances: readonly PaymentBalance[],
  { withStripe }: { withStripe: boolean },
): Promise<Finding> {
  const owed = balances.filter((balance) => balance.captured > balance.booked + balance.refunded);
  const unanswered = owed.filter((balance) => balance.ageMs > IN_FLIGHT_MS_MAX);
  const nowMs = resources.clock.nowMs();
  const captures = withStripe ? await listCaptures(resources, nowMs - STRIPE_LOOK_BACK_MS) : [];
  const ours = captures.filter((capture) => capture.paymentId !== null);
  const capturedByTransaction = new Map(balances.map((balance) => [balance.transactionId, balance.captured]));
  const unknown = ours.filter((capture) => !isKnown(capture, capturedByTransaction));
  const lost = unknown.filter((capture) => nowMs - capture.atMs > IN_FLIGHT_MS_MAX);
  return {
    invariant: 'I2',
    says: 'money becomes bookings or goes back',
    counts: {
      payments: balances.length,
      ...(withStripe ? { capturesAtStripe: ours.length } : {}),
      inFlight: owed.length - unanswered.length + unknown.length - lost.length,
    },
    breaches: {
      paidForNothing: unanswered.length,
      ...(withStripe ? { capturesUnknownToUs: lost.length } : {}),
    },
    examples: [
      ...unanswered.map(
        ({ paymentId, captured, booked, refunded }) =>
          `paidForNothing: payment ${paymentId}: ${captured} captured, ${booked} booked, ${refunded} going back`,
      ),
      ...lost.map(
        ({ transactionId, paymentId, amount, currency }) =>
          `capturesUnknownToUs: ${amount} ${currency} by ${transactionId} for payment ${paymentId}`,
      ),
    ].slice(0, EXAMPLES_MAX),
  };
}

/** Known is a capture that our books have with its amount, or that Stripe has given back in full. */
function isKnown(capture: Capture, capturedByTransaction: ReadonlyMap<string | null, number>): boolean {
  const captured = capturedByTransaction.get(capture.transactionId) ?? 0;
  return captured >= capture.amount || capture.refundedAmount >= capture.amount;
}
