import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLAN_LIMITS, readSeatingPlan, withoutExtensions } from './seating-plan.ts';

const plan = {
  name: 'Small hall',
  size: { width: 400, height: 300 },
  categories: [{ name: 'Stalls', color: 'red' }, { name: 'Balcony' }],
  zones: [
    {
      name: 'Main area',
      zone_id: 'main',
      uuid: '0c2b3f0e-5a29-4a05-a8f5-2f76b1f4a9d3',
      position: { x: 10, y: 20 },
      rows: [
        {
          row_number: 'A',
          row_label: 'Row %s',
          row_number_position: 'both',
          position: { x: 0, y: 0 },
          seats: [
            { seat_guid: 'A-1', seat_number: '1', position: { x: 0, y: 0 }, category: 'Stalls' },
            {
              seat_guid: 'A-2',
              seat_number: '2',
              position: { x: 25.5, y: 0 },
              category: 'Balcony',
              radius: 12,
            },
          ],
        },
      ],
      areas: [
        {
          shape: 'polygon',
          color: '#fff',
          border_color: '#000000',
          rotation: 0,
          position: { x: 0, y: -40 },
          polygon: {
            points: [
              { x: 0, y: 0 },
              { x: 50, y: 0 },
              { x: 50, y: 20 },
            ],
          },
          text: { text: 'Stage', position: { x: 25, y: 10 }, color: '#333', size: 16 },
        },
      ],
    },
  ],
};

// oxlint-disable-next-line typescript/no-explicit-any -- tests break plans in ways that no type allows
type Loose = any;

/** A deep copy of the plan above with one place of it changed. */
function changed(change: (copy: Loose) => void): unknown {
  const copy = structuredClone(plan);
  change(copy);
  return copy;
}

function faultsOf(input: unknown) {
  const reading = readSeatingPlan(input);
  return reading.outcome === 'faults' ? reading.faults : [];
}

describe('readSeatingPlan', () => {
  test('a plan of the published format is kept as it is', () => {
    expect(readSeatingPlan(plan)).toEqual({ outcome: 'plan', plan });
  });

  test('fields that the format does not know are tolerated and left out', () => {
    const input = changed((copy) => {
      copy.future = { deep: [1] };
      copy.zones[0].displayed = true;
      copy.zones[0].rows[0].seats[0].heated = true;
    });
    expect(readSeatingPlan(input)).toEqual({ outcome: 'plan', plan });
  });

  test('what real files leave out is tolerated: size, zone name, row position, nulls', () => {
    const input = changed((copy) => {
      delete copy.size;
      delete copy.zones[0].name;
      delete copy.zones[0].areas;
      delete copy.zones[0].rows[0].position;
      copy.zones[0].rows[0].row_label = null;
      copy.zones[0].rows[0].seats[0].start_direction = null;
      copy.categories[0].color = '';
    });
    expect(faultsOf(input)).toEqual([]);
  });

  test.each<[string, (copy: Loose) => void, string, RegExp]>([
    [
      'a repeated guid',
      (c) => (c.zones[0].rows[0].seats[1].seat_guid = 'A-1'),
      'zones[0].rows[0].seats[1].seat_guid',
      /same seat_guid as zones\[0\]\.rows\[0\]\.seats\[0\]/,
    ],
    [
      'an empty guid',
      (c) => (c.zones[0].rows[0].seats[1].seat_guid = ' '),
      'zones[0].rows[0].seats[1].seat_guid',
      /empty/,
    ],
    [
      'a guid of ours',
      (c) => (c.zones[0].rows[0].seats[1].seat_guid = 'general-admission:1'),
      'zones[0].rows[0].seats[1].seat_guid',
      /reserved/,
    ],
    [
      'an unknown category',
      (c) => (c.zones[0].rows[0].seats[1].category = 'Box'),
      'zones[0].rows[0].seats[1].category',
      /No category is named "Box"/,
    ],
    [
      'a missing category',
      (c) => delete c.zones[0].rows[0].seats[1].category,
      'zones[0].rows[0].seats[1].category',
      /./,
    ],
    [
      'a missing position',
      (c) => delete c.zones[0].rows[0].seats[0].position,
      'zones[0].rows[0].seats[0].position',
      /./,
    ],
    [
      'a position that is no number',
      (c) => (c.zones[0].rows[0].seats[0].position.x = '3'),
      'zones[0].rows[0].seats[0].position.x',
      /./,
    ],
    ['a zone without a position', (c) => delete c.zones[0].position, 'zones[0].position', /./],
    ['rows that are no list', (c) => (c.zones[0].rows = {}), 'zones[0].rows', /./],
    [
      'a seat number that is no text',
      (c) => (c.zones[0].rows[0].seats[0].seat_number = 1),
      'zones[0].rows[0].seats[0].seat_number',
      /./,
    ],
    ['a repeated category', (c) => (c.categories[1].name = 'Stalls'), 'categories[1].name', /repeats/],
    ['no categories', (c) => (c.categories = []), 'categories', /./],
    ['an unknown shape', (c) => (c.zones[0].areas[0].shape = 'star'), 'zones[0].areas[0].shape', /./],
    [
      'a polygon without points',
      (c) => delete c.zones[0].areas[0].polygon,
      'zones[0].areas[0].polygon',
      /polygon/,
    ],
    [
      'a colour that is none',
      (c) => (c.categories[0].color = 'url(javascript:x)'),
      'categories[0].color',
      /CSS colour/,
    ],
    ['no seats', (c) => (c.zones[0].rows = []), 'zones', /no seats/],
    ['half a character', (c) => (c.name = '\ud800'), 'name', /Unicode/],
    [
      'a capacity that is none',
      (c) => (c.zones[0].general_admission = { category: 'Stalls', capacity: 0 }),
      'zones[0].general_admission.capacity',
      /./,
    ],
    [
      'an unknown category of general admission',
      (c) => (c.zones[0].general_admission = { category: 'Pit', capacity: 5 }),
      'zones[0].general_admission.category',
      /Pit/,
    ],
  ])('%s is a fault with its path', (_name, change, path, message) => {
    expect(faultsOf(changed(change))).toContainEqual({ path, message: expect.stringMatching(message) });
  });

  test('faults of the schema and faults between parts are told together', () => {
    const input = changed((copy) => {
      delete copy.zones[0].rows[0].seats[0].position;
      copy.zones[0].rows[0].seats[1].category = 'Box';
      copy.zones[0].rows[0].seats[1].seat_guid = 'A-1';
    });
    expect(faultsOf(input).map((fault) => fault.path)).toEqual([
      'zones[0].rows[0].seats[0].position',
      'zones[0].rows[0].seats[1].category',
      'zones[0].rows[0].seats[1].seat_guid',
    ]);
  });

  test.each([null, 7, 'plan', [], {}])('%j is no plan', (input) => {
    expect(faultsOf(input).length).toBeGreaterThan(0);
  });

  test('whatever JSON stands in any place of a plan, the answer is a plan or faults, never an error', () => {
    const places = ['name', 'size', 'categories', 'zones', 'focus'];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        for (const input of [
          { ...plan, [place]: value },
          { ...plan, zones: [{ ...plan.zones[0], rows: [value] }] },
        ]) {
          const reading = readSeatingPlan(input);
          expect(reading.outcome === 'plan' || reading.faults.length > 0).toBe(true);
        }
      }),
    );
  });

  test('more seats than an event may have are refused, counting general admission', () => {
    const input = changed((copy) => {
      copy.zones[0].general_admission = { category: 'Stalls', capacity: PLAN_LIMITS.seatsPerEventMax };
    });
    expect(faultsOf(input)).toEqual([{ path: 'zones', message: expect.stringContaining('100002 seats') }]);
  });

  test('of very many faults the first are listed and all are counted', () => {
    const seat = { seat_guid: 'same', seat_number: '1', position: { x: 0, y: 0 }, category: 'Box' };
    const input = changed((copy) => (copy.zones[0].rows[0].seats = Array.from({ length: 300 }, () => seat)));
    const reading = readSeatingPlan(input);
    expect(reading).toMatchObject({ outcome: 'faults', faultCount: 599 });
    expect(faultsOf(input)).toHaveLength(PLAN_LIMITS.faultsReportedMax);
  });
});

test('withoutExtensions leaves only what the published format knows', () => {
  const input: Loose = changed((copy) => {
    copy.focus = { x: 1, y: 2 };
    copy.zones[0].general_admission = { category: 'Stalls', capacity: 5 };
  });
  const reading = readSeatingPlan(input);
  if (reading.outcome !== 'plan') throw new Error('the plan was refused');
  expect(reading.plan.focus).toEqual({ x: 1, y: 2 });
  expect(withoutExtensions(reading.plan)).toEqual(plan);
});
