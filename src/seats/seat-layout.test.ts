import { array, assert, constantFrom, property, record, integer } from 'fast-check';
import { expect, it } from 'vitest';
import { layoutOf } from './seat-layout.ts';

const sections = [
  { sectionId: 1, name: 'Stalls', isGeneralAdmission: false },
  { sectionId: 2, name: 'Floor', isGeneralAdmission: true },
];
const seat = record({
  sectionId: constantFrom(1, 2),
  tierId: constantFrom(1, 2, 3),
  row: constantFrom('A', 'B', ''),
  label: constantFrom('1', '2', 'A'),
  rowNo: integer({ min: 0, max: 65_535 }),
  position: integer({ min: 0, max: 65_535 }),
  rank: integer({ min: 0, max: 4_294_967_295 }),
});

it('a layout / gives back each seat as it was read, by its id and by its tier, and nothing else', () => {
  assert(
    property(array(seat, { maxLength: 30 }), (seats) => {
      const rows = seats.map((each, index) => ({ ...each, seatId: index + 1 }));
      const expected = rows.map((row) => {
        const section = sections.find(({ sectionId }) => sectionId === row.sectionId);
        return {
          ...row,
          section: section?.name,
          isGeneralAdmission: section?.isGeneralAdmission,
        };
      });
      const layout = layoutOf(sections, rows);
      expect(layout.seatCount).toBe(rows.length);
      expect(rows.map(({ seatId }) => layout.placeOf(seatId))).toEqual(expected);
      expect([0, -1, rows.length + 1, 0.5].map((seatId) => layout.placeOf(seatId))).toEqual(
        Array.from({ length: 4 }, () => undefined),
      );
      for (const tier of [1, 2, 3])
        expect(layout.placesOfTier(tier, (seatId) => seatId % 2 === 0)).toEqual(
          expected.filter(({ tierId, seatId }) => tierId === tier && seatId % 2 === 0),
        );
    }),
  );
});
