/**
 * A list in pieces of at most `size` items, in order, for what takes only so many at once. A list that is short enough is
 * its own only piece, and is not copied; of an empty one there are none.
 */
export function* piecesOf<Item>(list: readonly Item[], size: number): Generator<readonly Item[], void> {
  if (list.length === 0) return;
  if (list.length <= size) return void (yield list);
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}
