import { z } from 'zod';

/** What a payment is for: kept with the payment, so that money that comes late still says which seats it paid. */
const OrderSchema = z.object({
  lines: z.array(z.object({ seatId: z.int(), amount: z.int() })).min(1),
  /** When the hold would have ended without the checkout. */
  heldUntil: z.iso.datetime(),
});
export type Order = z.output<typeof OrderSchema>;
export type OrderLine = Order['lines'][number];

/** @throws when it is no order of ours: a fault of ours. */
export function parseOrder(kept: unknown): Order {
  return OrderSchema.parse(kept);
}

export function totalOf(lines: readonly OrderLine[]): number {
  return lines.reduce((total, line) => total + line.amount, 0);
}

/** However short its time was: a buyer who comes back from Stripe can look at the seats for this long. */
export const BACK_MS_MIN = 30_000;

/**
 * Until when a hold is held after its checkout ended unpaid: as long as it would have been without, or for 30 s, but
 * never beyond the checkout's own end, and in all no longer than the hold's total and one checkout. null: it is over.
 */
export function heldAfterCheckout(hold: {
  readonly nowMs: number;
  readonly heldUntilMs: number;
  readonly checkoutEndsMs: number;
  readonly extendsUntilMs: number;
  readonly checkoutWindowMs: number;
}): number | null {
  const backUntilMs = hold.nowMs + BACK_MS_MIN;
  const isWithinTotal = backUntilMs <= hold.extendsUntilMs + hold.checkoutWindowMs;
  const wantedMs = isWithinTotal ? Math.max(hold.heldUntilMs, backUntilMs) : hold.heldUntilMs;
  const untilMs = Math.min(wantedMs, hold.checkoutEndsMs);
  return untilMs > hold.nowMs ? untilMs : null;
}
