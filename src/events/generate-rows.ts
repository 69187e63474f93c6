import type { BlocksPart, RowsPart } from './plan-spec.ts';
import { rowLabel } from './row-label.ts';
import type { PlanZone, Point } from './seating-plan.ts';
import { zoneOfPlaces } from './zone-of-places.ts';

/** An aisle is so many seats wide: enough to count as one when positions in the row are told. */
const AISLE_SEATS = 1.4;

type RowsShape = Omit<RowsPart, 'kind' | 'at' | 'name'>;

/** How many seats the rows have in all. */
export function seatsOfRows({ rows, seatsPerRow, seatsPerRowStep }: RowsShape): number {
  return rows * seatsPerRow + (seatsPerRowStep * rows * (rows - 1)) / 2;
}

/** Straight rows, each centred behind the one before; the first is the nearest to the stage, its middle at `at`. */
export function rowsZone(part: RowsPart, id: string, at: Point): PlanZone {
  return block(part, { id, name: part.name }, at, { x: 0, y: 0 });
}

/** A grid of equal blocks, numbered from the left, line behind line; the middle of the first line's front is at `at`. */
export function blockZones(part: BlocksPart, id: string, at: Point): PlanZone[] {
  const step = {
    x: columnX(part, widestRow(part) - 1) + part.gap,
    y: (part.rows - 1) * part.rowSpacing + part.gap,
  };
  return Array.from({ length: part.columns * part.lines }, (_block, index) => {
    const number = part.firstBlock + index;
    const front = {
      x: ((index % part.columns) - (part.columns - 1) / 2) * step.x,
      y: Math.floor(index / part.columns) * step.y,
    };
    return block(part, { id: `${id}-${number}`, name: `${part.name} ${number}` }, at, front);
  });
}

/** `front` is the middle of the block's first row, in a frame that looks up from `at`. */
function block(part: RowsShape, zone: { id: string; name: string }, at: Point, front: Point): PlanZone {
  const left = front.x - columnX(part, widestRow(part) - 1) / 2;
  const rows = Array.from({ length: part.rows }, (_row, row) => {
    const seatCount = part.seatsPerRow + row * part.seatsPerRowStep;
    const firstColumn = (widestRow(part) - seatCount) / 2;
    const y = front.y + row * part.rowSpacing;
    return {
      label: rowLabel(part.firstRow + row, part.rowLabels),
      labelAt: 'both' as const,
      places: Array.from({ length: seatCount }, (_seat, seat) => ({
        ...turned({ x: left + columnX(part, firstColumn + seat), y }, part.facing, at),
        isAccessible: part.accessible.some(
          (space) => space.row === row + 1 && space.seats.includes(seat + 1),
        ),
      })),
    };
  });
  return zoneOfPlaces({ ...zone, category: part.category }, rows);
}

/** From a frame in which the audience looks up to the one of the plan. */
function turned({ x, y }: Point, facing: RowsShape['facing'], at: Point): Point {
  switch (facing) {
    case 'up':
      return { x: at.x + x, y: at.y + y };
    case 'down':
      return { x: at.x - x, y: at.y - y };
    case 'left':
      return { x: at.x + y, y: at.y - x };
    case 'right':
      return { x: at.x - y, y: at.y + x };
  }
}

/** A column's place from the left of the widest row; half columns come from rows that are centred. */
function columnX(part: RowsShape, column: number): number {
  const aisles = part.aislesAfter.filter((after) => after < widestRow(part) && after <= column + 0.25).length;
  return (column + aisles * AISLE_SEATS) * part.seatSpacing;
}

function widestRow({ rows, seatsPerRow, seatsPerRowStep }: RowsShape): number {
  return seatsPerRow + (rows - 1) * seatsPerRowStep;
}
