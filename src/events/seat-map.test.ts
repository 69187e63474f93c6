import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { generatePlan } from './plan-generators.ts';
import { presetSpec } from './preset-plans.ts';
import { buildSeatMap } from './seat-map.ts';
import { seatMapSchema } from './seat-map-schema.ts';
import { readSeatingPlan } from './seating-plan.ts';

const GZIPPED_BYTES_MAX = 120_000;
const head = {
  eventId: '01900000-0000-7000-8000-000000000001',
  version: 3,
  currency: 'EUR',
  tiers: [
    { id: 1, name: 'Stalls', color: 'red', price: 4_500 },
    { id: 2, name: 'Pit', color: '#00f', price: 2_000 },
  ],
};

function mapOf(input: unknown) {
  const reading = readSeatingPlan(input);
  if (reading.outcome !== 'plan') throw new Error(JSON.stringify(reading.faults));
  return buildSeatMap(reading.plan, head);
}

describe('buildSeatMap', () => {
  test('everything of a plan is drawn with absolute coordinates', () => {
    const seat = { category: 'Stalls', position: { x: 0, y: 0 } };
    const map = mapOf({
      name: 'Hall',
      size: { width: 300, height: 200 },
      categories: [
        { name: 'Stalls', color: 'red' },
        { name: 'Pit', color: '#00f' },
      ],
      focus: { x: 50, y: 0 },
      zones: [
        {
          name: 'Left',
          position: { x: 100, y: 50 },
          general_admission: { category: 'Pit', capacity: 3 },
          rows: [
            {
              row_number: 'A',
              row_label: 'Row %s left',
              row_number_position: 'end',
              position: { x: 10, y: 5 },
              seats: [
                { ...seat, seat_guid: 'a', seat_number: '1', accessible: true },
                { ...seat, seat_guid: 'b', seat_number: '2', position: { x: 20.26, y: 1 } },
                { ...seat, seat_guid: 'c', seat_number: '3', position: { x: 40, y: 1 }, radius: 14 },
              ],
            },
          ],
          areas: [
            {
              shape: 'circle',
              position: { x: 1, y: 2 },
              circle: { radius: 9 },
              color: '#eee',
              border_color: '#000',
              rotation: 45,
            },
            {
              shape: 'ellipse',
              position: { x: 1, y: 2 },
              ellipse: { radius: { x: 3, y: 4 } },
              rotation: 0,
              color: '',
            },
            {
              shape: 'polygon',
              position: { x: 1, y: 2 },
              polygon: {
                points: [
                  { x: 0, y: 0 },
                  { x: 5, y: 5 },
                ],
              },
            },
            {
              shape: 'text',
              position: { x: 1, y: 2 },
              text: { text: 'Bar', position: { x: 3, y: 4 }, color: 'blue' },
            },
            { position: { x: 1, y: 2 }, rectangle: { width: 5, height: 6 } },
            { position: { x: 1, y: 2 } },
          ],
        },
      ],
    });
    expect(map).toEqual({
      eventId: head.eventId,
      version: 3,
      name: 'Hall',
      size: { width: 300, height: 200 },
      focus: { x: 50, y: 0 },
      seatRadius: 10,
      seatCount: 6,
      accessibleSeatIds: [1],
      currency: 'EUR',
      tiers: head.tiers,
      areas: [
        {
          sectionId: 1,
          shape: 'circle',
          x: 101,
          y: 52,
          radius: 9,
          color: '#eee',
          borderColor: '#000',
          rotation: 45,
        },
        { sectionId: 1, shape: 'ellipse', x: 101, y: 52, radiusX: 3, radiusY: 4 },
        {
          sectionId: 1,
          shape: 'polygon',
          x: 101,
          y: 52,
          points: [
            [101, 52],
            [106, 57],
          ],
        },
        {
          sectionId: 1,
          shape: 'text',
          x: 101,
          y: 52,
          text: { text: 'Bar', x: 104, y: 56, size: 16, color: 'blue' },
        },
        { sectionId: 1, shape: 'rectangle', x: 101, y: 52, width: 5, height: 6 },
      ],
      sections: [
        {
          id: 1,
          name: 'Left',
          x: 100,
          y: 50,
          generalAdmission: { capacity: 3, firstSeatId: 4, tierIndex: 1 },
          rows: [
            {
              label: 'A',
              name: 'Row A left',
              labelAt: 'end',
              x: 110,
              y: 55,
              seats: [
                [1, '1', 110, 55, 0],
                [2, '2', 130.3, 56, 0],
                [3, '3', 150, 56, 0, 14],
              ],
            },
          ],
        },
      ],
    });
    expect(seatMapSchema.parse(map)).toEqual(map);
  });

  test('a plan without a size gets one that holds its seats', () => {
    const seats = [{ seat_guid: 'a', seat_number: '1', category: 'Stalls', position: { x: 500, y: 300 } }];
    const zones = [{ position: { x: 0, y: 0 }, rows: [{ row_number: '1', seats }] }];
    const map = mapOf({ name: '', categories: [{ name: 'Stalls' }], zones });
    expect(map.size.width).toBeGreaterThan(500);
    expect(map.size.height).toBeGreaterThan(300);
    expect(map.sections[0]?.name).toBe('Section 1');
  });

  test('the map of 20,000 seats is small enough for a telephone', () => {
    const map = buildSeatMap(generatePlan(presetSpec('arena', 20_000)), head);
    expect(map.seatCount).toBe(20_000);
    expect(gzipSync(JSON.stringify(map), { level: 9 }).length).toBeLessThan(GZIPPED_BYTES_MAX);
  });
});
