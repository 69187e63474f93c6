import { describe, expect, test } from 'vitest';
import { ARENA_SEATS_MAX, ARENA_SEATS_MIN } from './arena-plan.ts';
import { numberSeats } from './number-seats.ts';
import { faultsOfSpec, generatePlan } from './plan-generators.ts';
import { type PlanSpecInput, planSpecSchema } from './plan-spec.ts';
import { PRESET_NAMES, presetSpec } from './preset-plans.ts';
import { rowLabel } from './row-label.ts';
import { readSeatingPlan } from './seating-plan.ts';

function spec(parts: PlanSpecInput['parts'], more: Partial<PlanSpecInput> = {}) {
  return planSpecSchema.parse({ name: 'Hall', categories: [{ name: 'A' }, { name: 'B' }], parts, ...more });
}

const rows = { kind: 'rows', name: 'Stalls', category: 'A', rows: 3, seatsPerRow: 4 } as const;

/** Where the last row is from the first. */
function backFrom(facing: 'up' | 'down' | 'left' | 'right') {
  const seats = numberSeats(generatePlan(spec([{ ...rows, facing, at: { x: 0, y: 0 } }], { stage: null })));
  const [front, back] = [seats[0]?.at, seats.at(-4)?.at];
  return [Math.sign((back?.x ?? 0) - (front?.x ?? 0)), Math.sign((back?.y ?? 0) - (front?.y ?? 0))];
}

describe('generatePlan', () => {
  test.each(PRESET_NAMES)('the preset %s is a plan without faults, inside its size', (preset) => {
    const plan = generatePlan(presetSpec(preset));
    expect(readSeatingPlan(JSON.parse(JSON.stringify(plan)))).toMatchObject({ outcome: 'plan' });
    for (const { at } of numberSeats(plan)) {
      expect(at.x).toBeGreaterThanOrEqual(0);
      expect(at.y).toBeGreaterThanOrEqual(0);
      expect(at.x).toBeLessThanOrEqual(plan.size?.width ?? 0);
      expect(at.y).toBeLessThanOrEqual(plan.size?.height ?? 0);
    }
  });

  test.each([ARENA_SEATS_MIN, 12_345, 20_000, ARENA_SEATS_MAX])(
    'an arena of %i seats has exactly so many',
    (seats) => {
      expect(numberSeats(generatePlan(presetSpec('arena', seats)))).toHaveLength(seats);
    },
  );

  test('no two seats of the arena are in the same place', () => {
    const seats = numberSeats(generatePlan(presetSpec('arena')));
    expect(new Set(seats.map(({ at }) => `${at.x.toFixed(1)} ${at.y.toFixed(1)}`)).size).toBe(seats.length);
  });

  test('rows have their labels, their seats and their aisles', () => {
    const plan = generatePlan(spec([{ ...rows, aislesAfter: [2], firstRow: 26 }]));
    const seats = numberSeats(plan);
    expect(seats.map((seat) => `${seat.rowLabel}${seat.seatLabel}`).slice(0, 6)).toEqual([
      'Z1',
      'Z2',
      'Z3',
      'Z4',
      'AA1',
      'AA2',
    ]);
    expect(seats.slice(0, 4).map((seat) => seat.rowPosition)).toEqual([0, 1, 3, 4]);
  });

  test('rows that grow have more seats each, about the same middle', () => {
    const plan = generatePlan(spec([{ ...rows, seatsPerRowStep: 2 }]));
    const zone = plan.zones.at(-1);
    expect(zone?.rows.map((row) => row.seats.length)).toEqual([4, 6, 8]);
    const middles = zone?.rows.map((row) => (row.position?.x ?? 0) + (row.seats.at(-1)?.position.x ?? 0) / 2);
    expect(new Set(middles).size).toBe(1);
  });

  test('the audience looks the way that it is told', () => {
    expect(backFrom('up')).toEqual([0, 1]);
    expect(backFrom('down')).toEqual([0, -1]);
    expect(backFrom('left')).toEqual([1, 0]);
    expect(backFrom('right')).toEqual([-1, 0]);
  });

  test('blocks are numbered and stand apart', () => {
    const { kind: _kind, ...shape } = rows;
    const plan = generatePlan(
      spec([{ ...shape, kind: 'blocks', name: 'Block', columns: 2, lines: 2, firstBlock: 7 }]),
    );
    const zones = plan.zones.slice(1);
    expect(zones.map((zone) => zone.name)).toEqual(['Block 7', 'Block 8', 'Block 9', 'Block 10']);
    expect(numberSeats(plan)).toHaveLength(48);
    expect(new Set(zones.map((zone) => `${zone.position.x} ${zone.position.y}`)).size).toBe(4);
  });

  test('arcs stop at seatsMax, shared evenly by their sections', () => {
    const arcs = {
      kind: 'arcs',
      name: 'Ring',
      category: 'B',
      sections: 3,
      rows: 4,
      innerRadius: 400,
      seatsMax: 61,
    } as const;
    const seats = numberSeats(generatePlan(spec([arcs])));
    expect(seats).toHaveLength(61);
    const bySection = Object.values(Object.groupBy(seats, (seat) => seat.sectionId)).map(
      (list) => list?.length,
    );
    expect(Math.max(...bySection.map(Number)) - Math.min(...bySection.map(Number))).toBeLessThanOrEqual(1);
    for (const seat of seats) expect(seat.rowPosition).toBe(Number(seat.seatLabel) - 1);
  });

  test('the same spec gives the same plan', () => {
    expect(generatePlan(presetSpec('theatre'))).toEqual(generatePlan(presetSpec('theatre')));
  });
});

describe('faultsOfSpec', () => {
  test.each<[string, ReturnType<typeof spec>, string]>([
    ['an unknown category', spec([{ ...rows, category: 'C' }]), 'parts[0].category'],
    ['two sections of the same name', spec([rows, rows]), 'parts[1].name'],
    [
      'two categories of the same name',
      spec([rows], { categories: [{ name: 'A' }, { name: 'A' }] }),
      'categories',
    ],
    [
      'too many seats, told before they are made',
      spec([{ ...rows, rows: 500, seatsPerRow: 1_000, seatsPerRowStep: 20 }]),
      'parts',
    ],
    [
      'an arc that ends before it begins',
      spec([
        {
          kind: 'arcs',
          name: 'Ring',
          category: 'A',
          sections: 1,
          rows: 1,
          innerRadius: 400,
          fromDegrees: 10,
          toDegrees: 5,
        },
      ]),
      'parts[0].toDegrees',
    ],
  ])('%s is a fault', (_name, wrong, path) => {
    expect(faultsOfSpec(wrong).map((fault) => fault.path)).toContain(path);
  });
});

test.each([
  [1, 'A'],
  [26, 'Z'],
  [27, 'AA'],
  [52, 'AZ'],
  [53, 'BA'],
  [702, 'ZZ'],
  [703, 'AAA'],
])('row %i is %s', (number, label) => {
  expect(rowLabel(number, 'letters')).toBe(label);
});
