/** Choices that a seed decides: the same seed, the same choices, in the same order. */
export type Draws = {
  /** A whole number from 0 to `max`, both included. */
  nat(max: number): number;
  /** True about once in so many times. */
  onceIn(times: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Picks one by weight, and makes that one only. */
  oneOf<Result>(...choices: readonly (readonly [weight: number, make: () => Result])[]): Result;
};

/** Mulberry32: small, quick, and good enough to choose requests with. */
export function drawsOf(seed: number): Draws {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const nat = (max: number) => Math.floor(next() * (max + 1));
  return {
    nat,
    onceIn: (times) => nat(times - 1) === 0,
    pick(items) {
      const item = items[nat(items.length - 1)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    oneOf(...choices) {
      let left = nat(choices.reduce((sum, [weight]) => sum + weight, 0) - 1);
      for (const [weight, make] of choices) {
        if (left < weight) return make();
        left -= weight;
      }
      throw new Error('The weights do not add up.');
    },
  };
}
