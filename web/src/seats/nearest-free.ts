import type { SeatModel } from '../seat-map/seat-model.ts';
import type { SeatStates } from './seat-states.ts';

/** A seat in another row is as far as one so many times further along the same row: people want to stay together. */
const OTHER_ROW_FACTOR = 1.5;

/**
 * The free seats nearest to those that were lost: as many, of the same tiers, none twice. Fewer when no more are free.
 */
export function nearestFree(model: SeatModel, states: SeatStates, lost: readonly number[]): number[] {
  const chosen = new Set<number>();
  for (const from of lost) {
    const seat = nearestTo(model, states, from, chosen);
    if (seat !== -1) chosen.add(seat);
  }
  return [...chosen];
}

function nearestTo(model: SeatModel, states: SeatStates, from: number, chosen: ReadonlySet<number>): number {
  let best = -1;
  let bestDistance = Infinity;
  for (let seat = 0; seat < model.seatCount; seat += 1) {
    if (model.tierOf[seat] !== model.tierOf[from] || !states.isFree(seat) || chosen.has(seat)) continue;
    const distance = distanceOf(model, from, seat);
    if (distance >= bestDistance) continue;
    best = seat;
    bestDistance = distance;
  }
  return best;
}

function distanceOf({ x, y, rowOf }: SeatModel, from: number, to: number): number {
  const away = Math.hypot((x[to] ?? 0) - (x[from] ?? 0), (y[to] ?? 0) - (y[from] ?? 0));
  // A place of general admission is nowhere in particular: one is as near as the other.
  if (Number.isNaN(away)) return Number.MAX_VALUE;
  return rowOf[to] === rowOf[from] ? away : away * OTHER_ROW_FACTOR;
}
