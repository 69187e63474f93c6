import type { Bounds } from './geometry.ts';
import type { SeatModel } from './seat-model.ts';

/** About so many seats share a cell. */
const SEATS_PER_CELL = 8;

export type SpatialGrid = {
  /** Calls back with every seat whose middle may lie within the bounds, and a few around them. */
  visit(bounds: Bounds, visitor: (seat: number) => void): void;
  /** The seat whose middle is nearest, but not further than `reach`; -1 if there is none. */
  nearest(x: number, y: number, reach: number): number;
};

/** Finds seats by place. Cells are runs in one array, so that 100,000 seats cost two passes and no objects. */
export function buildSpatialGrid({ x, y, seatCount, size }: SeatModel): SpatialGrid {
  const cellSize = Math.max(
    1,
    Math.sqrt((size.width * size.height * SEATS_PER_CELL) / Math.max(1, seatCount)),
  );
  const columns = Math.max(1, Math.ceil(size.width / cellSize));
  const lines = Math.max(1, Math.ceil(size.height / cellSize));
  const columnOf = (at: number) => Math.min(columns - 1, Math.max(0, Math.floor(at / cellSize)));
  const lineOf = (at: number) => Math.min(lines - 1, Math.max(0, Math.floor(at / cellSize)));
  const cellOf = (seat: number) => lineOf(y[seat] ?? 0) * columns + columnOf(x[seat] ?? 0);
  const { starts, seats } = sortIntoCells(placedSeats({ x, y }), columns * lines, cellOf);

  const visit: SpatialGrid['visit'] = (bounds, visitor) => {
    const lastLine = lineOf(bounds.bottom);
    const lastColumn = columnOf(bounds.right);
    for (let line = lineOf(bounds.top); line <= lastLine; line += 1) {
      const end = starts[line * columns + lastColumn + 1] ?? 0;
      for (let at = starts[line * columns + columnOf(bounds.left)] ?? 0; at < end; at += 1)
        visitor(seats[at] ?? 0);
    }
  };
  const nearest: SpatialGrid['nearest'] = (atX, atY, reach) => {
    let best = -1;
    let bestDistance = reach;
    visit({ left: atX - reach, top: atY - reach, right: atX + reach, bottom: atY + reach }, (seat) => {
      const distance = Math.hypot((x[seat] ?? 0) - atX, (y[seat] ?? 0) - atY);
      if (distance > bestDistance) return;
      bestDistance = distance;
      best = seat;
    });
    return best;
  };
  return { visit, nearest };
}

/** Counting sort of the seats that have a place: cell `c` holds `seats[starts[c]]` to before `seats[starts[c + 1]]`. */
function sortIntoCells(placed: readonly number[], cellCount: number, cellOf: (seat: number) => number) {
  const starts = new Uint32Array(cellCount + 1);
  const add = (at: number, value: number) => {
    starts[at] = (starts[at] ?? 0) + value;
  };
  for (const seat of placed) add(cellOf(seat) + 1, 1);
  for (let cell = 0; cell < cellCount; cell += 1) add(cell + 1, starts[cell] ?? 0);
  const free = starts.slice();
  const seats = new Uint32Array(placed.length);
  for (const seat of placed) {
    const cell = cellOf(seat);
    const at = free[cell] ?? 0;
    seats[at] = seat;
    free[cell] = at + 1;
  }
  return { starts, seats };
}

function placedSeats({ x, y }: Pick<SeatModel, 'x' | 'y'>): number[] {
  const placed: number[] = [];
  for (let seat = 0; seat < x.length; seat += 1) {
    if (!Number.isNaN(x[seat] ?? Number.NaN) && !Number.isNaN(y[seat] ?? Number.NaN)) placed.push(seat);
  }
  return placed;
}
