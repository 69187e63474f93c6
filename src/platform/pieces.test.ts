import { expect, test } from 'vitest';
import { piecesOf } from './pieces.ts';

test.each([
  [[], []],
  [[1], [[1]]],
  [[1, 2, 3], [[1, 2, 3]]],
  [
    [1, 2, 3, 4],
    [[1, 2, 3], [4]],
  ],
  [
    [1, 2, 3, 4, 5, 6],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
])('a list / in pieces of three / %j is %j', (list, pieces) => {
  expect([...piecesOf(list, 3)]).toEqual(pieces);
});

test('a list that is short enough / in pieces / is not copied', () => {
  const list = [1, 2, 3];
  expect([...piecesOf(list, 3)][0]).toBe(list);
});
