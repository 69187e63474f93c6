import { onePer } from './one-per.ts';

/** What one caller asked for, and how it hears of it. */
export type Call<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Hands over the calls of one turn of the event loop together, in their order, for each owner apart: at the end of the
 * turn, so that nobody waits. `run` answers each call, itself or later.
 */
export function gatherCalls<Owner extends object, Item, Result>(
  run: (owner: Owner, calls: readonly Call<Item, Result>[]) => void,
): (owner: Owner, item: Item) => Promise<Result> {
  const gatheredFor = onePer((_owner: Owner): Call<Item, Result>[] => []);
  return (owner, item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const gathered = gatheredFor(owner);
    gathered.push({ item, resolve, reject });
    if (gathered.length === 1) setImmediate(() => run(owner, gathered.splice(0)));
    return promise;
  };
}
