import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NumberedSeat, numberSeats } from './number-seats.ts';
import { type PlanZone, type SeatingPlan, readSeatingPlan } from './seating-plan.ts';

/** A zone whose rows have seats at the given x, all at y = 100 times the row's index. */
function zone(name: string, rows: readonly (readonly number[])[], more: Partial<PlanZone> = {}): PlanZone {
  return {
    name,
    position: { x: 0, y: 0 },
    rows: rows.map((xs, row) => ({
      row_number: String(row + 1),
      position: { x: 0, y: row * 100 },
      seats: xs.map((x, seat) => ({
        seat_guid: `${name}-${row}-${seat}`,
        seat_number: String(seat + 1),
        category: 'A',
        position: { x, y: 0 },
      })),
    })),
    ...more,
  };
}

function planOf(...zones: PlanZone[]): SeatingPlan {
  const reading = readSeatingPlan({ name: 'Plan', categories: [{ name: 'A' }, { name: 'B' }], zones });
  if (reading.outcome !== 'plan') throw new Error(JSON.stringify(reading.faults));
  return reading.plan;
}

const positions = (seats: readonly NumberedSeat[]) => seats.map((seat) => seat.rowPosition);
const byRank = (seats: readonly NumberedSeat[]) =>
  seats.toSorted((a, b) => a.rank - b.rank).map((seat) => seat.guid);

describe('numberSeats', () => {
  test('seats are numbered from 1 in the order of the plan, general admission after the rows of its zone', () => {
    const seats = numberSeats(
      planOf(
        zone('one', [[0, 20], [0]], { general_admission: { category: 'B', capacity: 2 } }),
        zone('two', [[0]]),
      ),
    );
    expect(seats.map((seat) => [seat.seatId, seat.guid, seat.sectionId, seat.tierId, seat.rowNo])).toEqual([
      [1, 'one-0-0', 1, 1, 0],
      [2, 'one-0-1', 1, 1, 0],
      [3, 'one-1-0', 1, 1, 1],
      [4, 'general-admission:1:1', 1, 2, 2],
      [5, 'general-admission:1:2', 1, 2, 2],
      [6, 'two-0-0', 2, 1, 0],
    ]);
  });

  test('coordinates are the sum of zone, row and seat', () => {
    const [seat] = numberSeats(planOf(zone('one', [[7]], { position: { x: 1_000, y: 500 } })));
    expect(seat?.at).toEqual({ x: 1_007, y: 500 });
  });

  test('an aisle takes up a position', () => {
    expect(positions(numberSeats(planOf(zone('one', [[0, 20, 40, 90, 110, 130]]))))).toEqual([
      0, 1, 2, 4, 5, 6,
    ]);
  });

  test('seats that stand wide apart throughout are neighbours all the same', () => {
    expect(positions(numberSeats(planOf(zone('one', [[0, 90, 180, 270]]))))).toEqual([0, 1, 2, 3]);
  });

  test('a short row goes by the spacing of its zone', () => {
    const seats = numberSeats(
      planOf(
        zone('one', [
          [0, 20, 40, 60],
          [0, 60],
        ]),
      ),
    );
    expect(positions(seats)).toEqual([0, 1, 2, 3, 0, 2]);
  });

  test('seats listed in no order are placed by where they are', () => {
    expect(positions(numberSeats(planOf(zone('one', [[60, 0, 40, 20]]))))).toEqual([3, 0, 2, 1]);
  });

  test('a closed ring keeps the order of the plan', () => {
    const ring = zone('ring', [Array.from({ length: 12 }, () => 0)]);
    for (const [index, seat] of (ring.rows[0]?.seats ?? []).entries()) {
      const angle = (index / 12) * 2 * Math.PI;
      seat.position = { x: 100 * Math.cos(angle), y: 100 * Math.sin(angle) };
    }
    expect(positions(numberSeats(planOf(ring)))).toEqual(Array.from({ length: 12 }, (_seat, index) => index));
  });

  test('however a row is laid out and listed, no two of its seats share a position, and its order does not matter', () => {
    // Steps of 20: a plan's own order is kept where it is hardly longer than the shortest.
    const xs = fc.uniqueArray(
      fc.integer({ min: 0, max: 25 }).map((place) => place * 20),
      { minLength: 2, maxLength: 26 },
    );
    fc.assert(
      fc.property(xs, (row) => {
        const sorted = row.toSorted((a, b) => a - b);
        const found = positions(numberSeats(planOf(zone('one', [row]))));
        const expected = positions(numberSeats(planOf(zone('one', [sorted]))));
        expect(new Set(found).size).toBe(row.length);
        const byPlace = row
          .map((x, index) => [x, found[index] ?? 0] as const)
          .toSorted((a, b) => a[0] - b[0]);
        const upwards = byPlace.map(([, position]) => position);
        const downwards = upwards.map((position) => Math.max(...upwards) - position);
        expect([upwards, downwards]).toContainEqual(expected);
      }),
    );
  });

  test('without a stage the best seats are in the middle of the top', () => {
    const seats = numberSeats(
      planOf(
        zone('one', [
          [0, 20, 40, 60, 80],
          [0, 20, 40, 60, 80],
        ]),
      ),
    );
    expect(byRank(seats).slice(0, 3)).toEqual(['one-0-2', 'one-0-1', 'one-0-3']);
    expect(byRank(seats).at(-1)).toMatch(/one-1-[04]/);
    expect(seats.find((seat) => seat.guid === 'one-0-2')?.rank).toBe(0);
  });

  test('the best seats are near an area that says stage, wherever it is', () => {
    const stage = {
      shape: 'rectangle' as const,
      position: { x: 0, y: 300 },
      rectangle: { width: 80, height: 20 },
      text: { text: 'Main stage', position: { x: 40, y: 10 } },
    };
    const seats = numberSeats(
      planOf(
        zone(
          'one',
          [
            [0, 20, 40, 60, 80],
            [0, 20, 40, 60, 80],
          ],
          { areas: [stage] },
        ),
      ),
    );
    expect(byRank(seats)[0]).toBe('one-1-2');
  });

  test('a focus of the plan goes before everything', () => {
    const plan = planOf(zone('one', [[0, 20, 40, 60, 80]]));
    expect(byRank(numberSeats({ ...plan, focus: { x: 0, y: 0 } }))[0]).toBe('one-0-0');
  });

  test('a wheelchair space is given last, however near it is', () => {
    const plan = planOf(zone('one', [[0, 20, 40, 60, 80]]));
    const [near] = byRank(numberSeats(plan));
    const seats = plan.zones.flatMap((planned) => planned.rows.flatMap((row) => row.seats));
    for (const seat of seats) if (seat.seat_guid === near) seat.accessible = true;
    expect(byRank(numberSeats(plan)).at(-1)).toBe(near);
  });

  test('one seat alone is the best', () => {
    expect(numberSeats(planOf(zone('one', [[5]])))[0]?.rank).toBe(0);
  });
});
