import type { HoldStatus } from '../../db/schema.ts';

/** What may become of a hold. A state with no way out is final. `checkout -> held`: the buyer came back from Stripe unpaid. */
export const HOLD_TRANSITIONS = {
  queued: ['held', 'rejected', 'released', 'expired'],
  held: ['checkout', 'booked', 'released', 'expired'],
  checkout: ['held', 'booked', 'released', 'expired'],
  booked: [],
  rejected: [],
  released: ['booked'],
  expired: ['booked'],
} as const satisfies Record<HoldStatus, readonly HoldStatus[]>;

/** The states in which a hold counts as the buyer's one open hold of the event. */
export const OPEN_STATUSES = ['queued', 'held', 'checkout'] as const satisfies readonly HoldStatus[];

/** @throws Error when the table does not allow the change: a fault of ours, not of the caller. */
export function assertHoldTransition(from: readonly HoldStatus[], to: HoldStatus): void {
  const wrong = from.filter((status) => !(HOLD_TRANSITIONS[status] as readonly HoldStatus[]).includes(to));
  if (wrong.length > 0) throw new Error(`A hold may not go from ${wrong.join(', ')} to ${to}.`);
}
