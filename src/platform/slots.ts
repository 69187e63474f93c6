/** Values that come and go by the thousand, each under a number that is free for another once it is gone. */
export type Slots<Value> = {
  readonly size: number;
  /** Gives the number under which the value is kept. */
  add(value: Value): number;
  at(slot: number): Value | undefined;
  /** Once for each number given. */
  free(slot: number): void;
  values(): Value[];
};

/**
 * A set for what lives as long as a request. V8's `Set` and `Map` make a new table each time that additions and removals
 * have used up the old one; a discarded table that is of the old generation keeps everything that was in it, and the
 * table after it, through all collections of the nursery. With some hundred requests at hand nearly each of them was
 * copied, and then copied into the old generation, for that alone: a quarter of what a refusal cost.
 */
export function openSlots<Value>(): Slots<Value> {
  const kept: (Value | undefined)[] = [];
  const unused: number[] = [];
  return {
    get size() {
      return kept.length - unused.length;
    },
    add(value) {
      const slot = unused.pop() ?? kept.length;
      kept[slot] = value;
      return slot;
    },
    at: (slot) => kept[slot],
    free(slot) {
      kept[slot] = undefined;
      unused.push(slot);
    },
    values: () => kept.filter((value) => value !== undefined),
  };
}
