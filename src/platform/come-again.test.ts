import { expect, test } from 'vitest';
import { openComeAgain } from './come-again.ts';

const PER_SECOND = 100;

function refuse(count: number, comeAgain: () => number): number[] {
  return Array.from({ length: count }, comeAgain);
}

function mean(seconds: readonly number[]): number {
  return seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
}

function mostInOneSecond(seconds: readonly number[]): number {
  return Math.max(...[...Map.groupBy(seconds, (each) => each).values()].map(({ length }) => length));
}

test('coming again / a lone refusal, however long after another / in a second', () => {
  const comeAgain = openComeAgain(PER_SECOND);
  expect([0, 1_000, 1_500, 60_000].map((nowMs) => comeAgain(nowMs))).toEqual([1, 1, 1, 1]);
});

test('coming again / refused in the same moment / the later, the more have been before, and not many more in a second than can be taken', () => {
  const comeAgain = openComeAgain(PER_SECOND);
  const seconds = refuse(10 * PER_SECOND, () => comeAgain(5));
  const means = [0, 3, 6, 9].map((at) => mean(seconds.slice(at * PER_SECOND, (at + 1) * PER_SECOND)));
  expect(means).toEqual(means.toSorted((one, other) => one - other));
  expect(Math.min(...seconds)).toBe(1);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(15);
  expect(mostInOneSecond(seconds)).toBeLessThan(2 * PER_SECOND);
});

test('coming again / after the rush / comes down with the time that passes', () => {
  const comeAgain = openComeAgain(PER_SECOND);
  refuse(10 * PER_SECOND, () => comeAgain(0));
  const soon = comeAgain(8_000);
  expect(soon).toBeGreaterThanOrEqual(1);
  expect(soon).toBeLessThanOrEqual(4);
  expect(comeAgain(11_000)).toBe(1);
});

test('coming again / refused without end / spread over 10 to 30 s, and a second once those are over', () => {
  const comeAgain = openComeAgain(PER_SECOND);
  refuse(1_000 * PER_SECOND, () => comeAgain(0));
  const seconds = refuse(20 * PER_SECOND, () => comeAgain(0));
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(30);
  expect(mostInOneSecond(seconds)).toBeLessThan(2 * PER_SECOND);
  expect(comeAgain(21_000)).toBe(1);
});
