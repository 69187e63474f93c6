import type { System } from '../system/system.ts';

export const FAULT_KINDS = [
  'process killed',
  'process frozen',
  'process replaced',
  'clock wrong',
  'Redis flushed',
  'Redis lost',
  'Redis crashed',
  'MariaDB crashed',
  'connections cut',
  'deadlocks',
  'lock waits',
  'Stripe answers 429',
  'Stripe answers 500',
  'Stripe hangs',
  'Stripe resets',
  'webhooks duplicated',
  'webhooks reordered',
  'webhooks delayed',
  'webhooks dropped',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something that goes wrong in a run, at a time drawn from the run's seed. */
export type Fault = {
  readonly kind: FaultKind;
  /** With all that was drawn for it. */
  readonly says: string;
  readonly atMs: number;
  /** Strikes, and returns when what was broken is whole again, or as broken as it stays until the run's end. */
  strike(system: System): Promise<void>;
};

export type Draw = {
  /** A whole number from `from` to `to`. */
  between(from: number, to: number): number;
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
};

export function drawFrom(random: () => number): Draw {
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  return {
    between,
    oneOf: (items) => items[between(0, items.length - 1)] ?? items[0],
  };
}
