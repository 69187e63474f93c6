import { array, assert, boolean, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeatPlace } from '../seats/seat-layout.ts';
import { chooseSeats } from './best-available.ts';

const place = (seatId: number, rowNo: number, position: number, rank: number): SeatPlace => ({
  seatId,
  rowNo,
  position,
  rank,
  sectionId: 1,
  section: 'Stalls',
  isGeneralAdmission: false,
  tierId: 1,
  row: String(rowNo),
  label: String(position),
});
/** Rows of so many seats; the middle of the first row is best. */
const hall = (rows: number, perRow: number) =>
  Array.from({ length: rows * perRow }, (_, index) => {
    const row = Math.floor(index / perRow);
    const position = index % perRow;
    return place(index + 1, row, position, row * 10 + Math.abs(position - (perRow - 1) / 2) * 2);
  });
const search = { quantity: 2, isFree: () => true, drawFrom: 1, random: () => 0 };

describe('chooseSeats', () => {
  it('takes neighbours in the middle of the front row', () => {
    expect(chooseSeats(hall(3, 5), { ...search, quantity: 3 })).toEqual([2, 3, 4]);
  });

  it('does not count seats across an aisle as neighbours', () => {
    const withAisle = [place(1, 0, 0, 0), place(2, 0, 2, 1), place(3, 1, 0, 50), place(4, 1, 1, 50)];
    expect(chooseSeats(withAisle, search)).toEqual([3, 4]);
  });

  it('gives exactly so many free seats of the tier whenever there are enough, in as few rows as it can', () => {
    assert(
      property(
        integer({ min: 1, max: 5 }),
        integer({ min: 1, max: 8 }),
        integer({ min: 1, max: 8 }),
        array(boolean(), { minLength: 40, maxLength: 40 }),
        (rows, perRow, quantity, free) => {
          const places = hall(rows, perRow);
          const isFree = (seatId: number) => free[seatId - 1] === true;
          const freeCount = places.filter(({ seatId }) => isFree(seatId)).length;
          const chosen = chooseSeats(places, { ...search, quantity, isFree });
          if (freeCount < quantity) return chosen === null;
          return chosen !== null && new Set(chosen).size === quantity && chosen.every(isFree);
        },
      ),
    );
  });
});
