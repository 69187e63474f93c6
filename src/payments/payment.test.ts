import { describe, expect, it } from 'vitest';
import { PAYMENT_TRANSITIONS, assertPaymentTransition, statusAfterRefunds } from './payment.ts';

describe('PAYMENT_TRANSITIONS', () => {
  it("reach every state from `pending`, and take Stripe's late word", () => {
    const reached = new Set(['pending']);
    for (const state of reached) {
      for (const [from, to] of Object.entries(PAYMENT_TRANSITIONS))
        if (from === state) for (const next of to) reached.add(next);
    }
    expect([...reached].toSorted()).toEqual(Object.keys(PAYMENT_TRANSITIONS).toSorted());
    expect(() => assertPaymentTransition(['failed', 'expired'], 'paid')).not.toThrow();
    expect(() => assertPaymentTransition(['paid'], 'pending')).toThrow(/may not go/);
  });
});

describe('statusAfterRefunds', () => {
  it.each([
    [5000, { open: 0, succeeded: 0 }, 'paid'],
    [5000, { open: 2500, succeeded: 0 }, 'refunding'],
    [5000, { open: 0, succeeded: 2500 }, 'paid'],
    [5000, { open: 2500, succeeded: 2500 }, 'refunding'],
    [5000, { open: 0, succeeded: 5000 }, 'refunded'],
    [0, { open: 0, succeeded: 0 }, 'paid'],
  ] as const)('of %i captured with %o is %s', (captured, sums, status) => {
    expect(statusAfterRefunds(captured, sums)).toBe(status);
  });
});
