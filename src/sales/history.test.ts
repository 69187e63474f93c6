import { describe, expect, it } from 'vitest';
import { historyOf } from './history.ts';

const now = { sold: 10, held: 3, revenue: 500 };

describe('historyOf', () => {
  it('reckons back from what is now', () => {
    const points = historyOf({
      fromMs: 0,
      toMs: 3_000,
      stepMs: 1_000,
      now,
      seats: [
        { step: 0, sold: 2, held: 1 },
        { step: 2, sold: 1, held: -4 },
      ],
      money: [{ step: 2, amount: 50 }],
    });
    expect(points).toEqual([
      { atMs: 0, sold: 7, held: 6, revenue: 450 },
      { atMs: 1_000, sold: 9, held: 7, revenue: 450 },
      { atMs: 2_000, sold: 9, held: 7, revenue: 450 },
      { atMs: 3_000, sold: 10, held: 3, revenue: 500 },
    ]);
  });
  it('leaves out what came after the range', () => {
    const points = historyOf({
      fromMs: 0,
      toMs: 1_500,
      stepMs: 1_000,
      now,
      seats: [{ step: 7, sold: 4, held: 1 }],
      money: [],
    });
    expect(points.map(({ atMs, sold, held }) => ({ atMs, sold, held }))).toEqual([
      { atMs: 0, sold: 6, held: 2 },
      { atMs: 1_000, sold: 6, held: 2 },
      { atMs: 1_500, sold: 6, held: 2 },
    ]);
  });
});
