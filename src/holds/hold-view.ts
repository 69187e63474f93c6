import { z } from 'zod';
import type { SaleRules } from '../events/sale-rules.ts';
import type { SeatId } from '../platform/id.ts';
import type { SeatLayout } from '../seats/seat-layout.ts';
import { HOLD_TRANSITIONS } from './hold.ts';

/** A hold as the API shows it. */
export const HoldSchema = z
  .object({
    id: z.uuid(),
    eventId: z.uuid(),
    status: z.enum(['queued', 'held', 'checkout', 'booked', 'rejected', 'released', 'expired']),
    seats: z.array(
      z.object({
        id: z.int(),
        section: z.string(),
        row: z.string(),
        label: z.string(),
        tier: z.int().meta({ description: 'The id of the price tier.' }),
        price: z.int().meta({ description: 'In minor units of the currency.' }),
      }),
    ),
    expiresAt: z.iso.datetime(),
    serverTime: z.iso
      .datetime()
      .meta({ description: 'Now, for a countdown that does not trust the local clock.' }),
    total: z.int(),
    currency: z.string(),
    queuePosition: z
      .int()
      .optional()
      .meta({ description: 'While seats wait to be written: claims ahead of it.' }),
    estimatedWaitSeconds: z.number().optional(),
    pendingSeatIds: z.array(z.int()).optional(),
    rejection: z
      .object({ code: z.string(), seatIds: z.array(z.int()), detail: z.string() })
      .optional()
      .meta({ description: 'Why the last selection, answered 202, came to nothing.' }),
  })
  .meta({ id: 'Hold', description: `States: ${Object.keys(HOLD_TRANSITIONS).join(', ')}.` });
export type HoldView = z.input<typeof HoldSchema>;

export type HoldFacts = {
  readonly holdId: string;
  readonly status: HoldView['status'];
  readonly seatIds: readonly SeatId[];
  readonly expiresAtMs: number;
};

/** Puts a hold into words and prices. The total is for display: what is charged is computed from the database at checkout. */
export function holdView(rules: SaleRules, layout: SeatLayout, hold: HoldFacts, nowMs: number): HoldView {
  const prices = new Map(rules.tiers.map((tier) => [tier.id, tier.priceAmount]));
  const seats = hold.seatIds.flatMap((seatId) => {
    const place = layout.placeOf(seatId);
    if (place === undefined) return [];
    const { section, row, label, tierId } = place;
    return [{ id: seatId, section, row, label, tier: tierId, price: prices.get(tierId) ?? 0 }];
  });
  return {
    id: hold.holdId,
    eventId: rules.eventId,
    status: hold.status,
    seats,
    expiresAt: new Date(hold.expiresAtMs).toISOString(),
    serverTime: new Date(nowMs).toISOString(),
    total: seats.reduce((sum, seat) => sum + seat.price, 0),
    currency: rules.currency,
  };
}
