import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { giveBackStartMemory } from './heap.ts';

it('giveBackStartMemory / after much was made and dropped / the heap and its nursery shrink, and `gc` stays hidden', () => {
  for (let round = 0; round < 20; round += 1) Array.from({ length: 100_000 }, (_, index) => ({ index }));
  const before = heapBytes();
  giveBackStartMemory();
  const after = heapBytes();
  expect(after.all).toBeLessThan(before.all);
  expect(after.nursery).toBeLessThan(before.nursery);
  expect('gc' in globalThis).toBe(false);
});

function heapBytes(): { all: number; nursery: number } {
  const nursery = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return { all: getHeapStatistics().total_heap_size, nursery: nursery?.space_size ?? 0 };
}
