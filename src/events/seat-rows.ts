import type { Point } from './seating-plan.ts';

/** Two seats further apart than this many usual spacings have an aisle between them. */
const AISLE_SPACINGS = 1.8;
/** With fewer gaps than this a row can't tell its own spacing, so the zone's is taken. */
const GAPS_TO_TELL_SPACING = 3;
/** A plan's own order is preferred unless sorting makes the way along the row shorter by more than this. */
const ORDER_TOLERANCE = 1.01;

/**
 * For each seat of a row (in the plan's order) its position along the row: neighbours differ by 1, an
 * aisle takes up a position of its own, so seats on either side of it differ by 2.
 *
 * Plans don't promise that a row's seats are listed from one end to the other, so the shorter of two
 * ways through the seats is taken: as listed (right for arcs, even closed ones), or sorted along the row's chord.
 * @param zoneSpacing the usual distance of neighbours in the zone; 0 when the zone can't tell
 */
export function positionsInRow(seats: readonly Point[], zoneSpacing: number): number[] {
  const order = orderAlongRow(seats);
  const gaps = gapsAlong(seats, order);
  const own = gaps.length >= GAPS_TO_TELL_SPACING ? medianOf(gaps) : 0;
  const spacing = own || zoneSpacing || medianOf(gaps);
  const positions: number[] = Array.from({ length: seats.length }, () => 0);
  let position = 0;
  for (const [step, seatIndex] of order.entries()) {
    if (step > 0) position += isAisle(gaps[step - 1] ?? 0, spacing) ? 2 : 1;
    positions[seatIndex] = position;
  }
  return positions;
}

/** The median distance of neighbours over all rows of a zone, each row's seats absolute or not; 0 without any. */
export function usualSpacing(rows: readonly (readonly Point[])[]): number {
  return medianOf(rows.flatMap((seats) => gapsAlong(seats, orderAlongRow(seats))));
}

function isAisle(gap: number, spacing: number): boolean {
  return spacing > 0 && gap > spacing * AISLE_SPACINGS;
}

/** Indexes into `seats`, from one end of the row to the other. */
function orderAlongRow(seats: readonly Point[]): number[] {
  const listed = seats.map((_seat, index) => index);
  const sorted = sortedAlongChord(seats, listed);
  const wayListed = sumOf(gapsAlong(seats, listed));
  const waySorted = sumOf(gapsAlong(seats, sorted));
  return wayListed <= waySorted * ORDER_TOLERANCE ? listed : sorted;
}

/** Sorted along the line from the row's westernmost seat to the one furthest from it. */
function sortedAlongChord(seats: readonly Point[], listed: readonly number[]): number[] {
  const west = seats.reduce((a, b) => (b.x < a.x || (b.x === a.x && b.y < a.y) ? b : a), seats[0] ?? ORIGIN);
  const far = seats.reduce((a, b) => (distance(west, b) > distance(west, a) ? b : a), west);
  const along = (index: number) => {
    const seat = seats[index] ?? ORIGIN;
    return (seat.x - west.x) * (far.x - west.x) + (seat.y - west.y) * (far.y - west.y);
  };
  return listed.toSorted((a, b) => along(a) - along(b) || a - b);
}

function gapsAlong(seats: readonly Point[], order: readonly number[]): number[] {
  const gaps: number[] = [];
  for (let step = 1; step < order.length; step += 1) {
    gaps.push(distance(seats[order[step - 1] ?? 0] ?? ORIGIN, seats[order[step] ?? 0] ?? ORIGIN));
  }
  return gaps;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

const ORIGIN: Point = { x: 0, y: 0 };

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
