import { expect, it } from 'vitest';
import { FAULT_KINDS } from './fault.ts';
import { drawSchedule, seedOfRun } from './schedule.ts';

it('drawSchedule / the same seed / draws the same faults, at the same times', () => {
  const told = (seed: number) => drawSchedule(seed).faults.map(({ atMs, says }) => `${atMs} ${says}`);
  expect(told(42)).toEqual(told(42));
  expect(told(42)).not.toEqual(told(43));
});

it('drawSchedule / many seeds / every kind of fault is drawn, and none twice in a run', () => {
  const drawn = Array.from({ length: 300 }, (_, run) => drawSchedule(seedOfRun(7, run)).faults);
  expect(new Set(drawn.flat().map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
  for (const faults of drawn) {
    expect(faults.length).toBeGreaterThanOrEqual(2);
    expect(new Set(faults.map(({ kind }) => kind)).size).toBe(faults.length);
  }
});

it('seedOfRun / the seeds of a drill / all differ, and the first is its own', () => {
  const seeds = Array.from({ length: 1_000 }, (_, run) => seedOfRun(1, run));
  expect(seeds[0]).toBe(1);
  expect(new Set(seeds).size).toBe(seeds.length);
});
