import type { SeatId } from '../platform/id.ts';
import type { SeatPlace } from '../seats/seat-layout.ts';

export type SeatSearch = {
  readonly quantity: number;
  /** Whether a seat may still be had. */
  readonly isFree: (seatId: SeatId) => boolean;
  /** Of the best groups this many are drawn from, so that buyers who ask at once do not all run for the same seats. */
  readonly drawFrom: number;
  readonly random: () => number;
};

type Group = { readonly seatIds: readonly SeatId[]; readonly merit: number };

/**
 * The best of the seats of one tier: together in one row if any row has so many neighbours free, near the front and the
 * centre; split into as few groups as possible only when it must be. null when too few are left.
 */
export function chooseSeats(places: readonly SeatPlace[], search: SeatSearch): SeatId[] | null {
  const free = places.filter((place) => search.isFree(place.seatId));
  if (free.length < search.quantity) return null;
  const runs = runsOfNeighbours(free);
  return together(runs, search) ?? split(runs, search.quantity);
}

/** Neighbours in a row; general admission has no neighbours, so any of its places are as good together. */
function runsOfNeighbours(free: readonly SeatPlace[]): SeatPlace[][] {
  const sorted = free.toSorted(
    (a, b) =>
      a.sectionId - b.sectionId || a.rowNo - b.rowNo || a.position - b.position || a.seatId - b.seatId,
  );
  const runs: SeatPlace[][] = [];
  let last: SeatPlace | undefined;
  for (const place of sorted) {
    if (last !== undefined && areNeighbours(last, place)) runs.at(-1)?.push(place);
    else runs.push([place]);
    last = place;
  }
  return runs;
}

function areNeighbours(a: SeatPlace, b: SeatPlace): boolean {
  if (a.sectionId !== b.sectionId) return false;
  if (a.isGeneralAdmission && b.isGeneralAdmission) return true;
  return a.rowNo === b.rowNo && b.position - a.position === 1;
}

function together(runs: readonly SeatPlace[][], { quantity, drawFrom, random }: SeatSearch): SeatId[] | null {
  const groups: Group[] = runs.flatMap((run) => windows(run, quantity));
  if (groups.length === 0) return null;
  const best = groups.toSorted((a, b) => a.merit - b.merit).slice(0, Math.max(1, drawFrom));
  const drawn = best[Math.floor(random() * best.length)];
  return drawn === undefined ? null : [...drawn.seatIds];
}

/** Every group of so many neighbours in a run, with the sum of their ranks: the less, the better. */
function windows(run: readonly SeatPlace[], quantity: number): Group[] {
  const groups: Group[] = [];
  let merit = 0;
  for (const [index, place] of run.entries()) {
    merit += place.rank;
    const left = run[index - quantity];
    if (left !== undefined) merit -= left.rank;
    if (index >= quantity - 1) {
      groups.push({ seatIds: run.slice(index - quantity + 1, index + 1).map((seat) => seat.seatId), merit });
    }
  }
  return groups;
}

/** The longest runs first, so that the party is split into as few groups as can be; within a run its best seats. */
function split(runs: readonly SeatPlace[][], quantity: number): SeatId[] | null {
  const chosen: SeatId[] = [];
  const byLength = runs.toSorted((a, b) => b.length - a.length || rankOf(a) - rankOf(b));
  for (const run of byLength) {
    const missing = quantity - chosen.length;
    if (missing === 0) break;
    const best = windows(run, Math.min(missing, run.length)).toSorted((a, b) => a.merit - b.merit)[0];
    chosen.push(...(best?.seatIds ?? []));
  }
  return chosen.length === quantity ? chosen : null;
}

function rankOf(run: readonly SeatPlace[]): number {
  return run[0]?.rank ?? 0;
}
