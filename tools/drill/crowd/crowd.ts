import type { Ledger } from '../ledger.ts';
import type { StandInControl } from '../system/stand-in-control.ts';

export type Buyer = {
  readonly number: number;
  readonly userId: string;
  readonly token: string;
  readonly random: () => number;
};

/** What the buyers of one run share. */
export type Crowd = {
  readonly eventId: string;
  readonly seatCount: number;
  readonly serverUrls: readonly string[];
  readonly standIn: StandInControl;
  readonly ledger: Ledger;
  /** Nobody begins anything new after this, by `nowMs` ... */
  readonly closesMs: number;
  /** ... and everybody has gone home by then. */
  readonly endMs: number;
};

export function chance(buyer: Buyer, part: number): boolean {
  return buyer.random() < part;
}

export function pick<Item>(buyer: Buyer, items: readonly Item[]): Item | undefined {
  return items[Math.floor(buyer.random() * items.length)];
}
