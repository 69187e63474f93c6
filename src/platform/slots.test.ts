import { expect, it } from 'vitest';
import { openSlots } from './slots.ts';

it('slots / values that come and go / each is found under its number, which the next has once it is gone', () => {
  const slots = openSlots<string>();
  const [first, second] = [slots.add('first'), slots.add('second')];
  expect(slots.size).toBe(2);
  slots.free(first);
  expect(slots.at(first)).toBeUndefined();
  expect(slots.values()).toEqual(['second']);
  expect(slots.add('third')).toBe(first);
  expect(slots.at(first)).toBe('third');
  expect(slots.at(second)).toBe('second');
  expect(slots.size).toBe(2);
});
