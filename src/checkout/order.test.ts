import { describe, expect, it } from 'vitest';
import { heldAfterCheckout, parseOrder, totalOf } from './order.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOW = 1_000 * MINUTE;
const back = (over: Partial<Parameters<typeof heldAfterCheckout>[0]>) =>
  heldAfterCheckout({
    nowMs: NOW,
    heldUntilMs: NOW + 20 * SECOND,
    checkoutEndsMs: NOW + 5 * MINUTE,
    extendsUntilMs: NOW + 8 * MINUTE,
    checkoutWindowMs: 10 * MINUTE,
    ...over,
  });

describe('heldAfterCheckout', () => {
  it('gives back the time that the hold would have had', () => {
    expect(back({ heldUntilMs: NOW + 50 * SECOND })).toBe(NOW + 50 * SECOND);
  });

  it('gives 30 s at least', () => {
    expect(back({ heldUntilMs: NOW - MINUTE })).toBe(NOW + 30 * SECOND);
  });

  it("never more than the checkout's own end", () => {
    expect(back({ checkoutEndsMs: NOW + 10 * SECOND })).toBe(NOW + 10 * SECOND);
    expect(back({ checkoutEndsMs: NOW })).toBeNull();
  });

  it('no extra time once the total and one checkout are used up, however often the buyer goes to Stripe and back', () => {
    expect(back({ heldUntilMs: NOW - MINUTE, extendsUntilMs: NOW - 10 * MINUTE })).toBeNull();
    expect(back({ heldUntilMs: NOW + 5 * SECOND, extendsUntilMs: NOW - 10 * MINUTE })).toBe(NOW + 5 * SECOND);
  });
});

describe('an order', () => {
  it('adds up, and is refused when it is none', () => {
    const order = parseOrder({
      lines: [
        { seatId: 1, amount: 10 },
        { seatId: 2, amount: 5 },
      ],
      heldUntil: '2026-11-21T00:00:00.000Z',
    });
    expect(totalOf(order.lines)).toBe(15);
    expect(() => parseOrder({ lines: [] })).toThrow(/lines/);
  });
});
