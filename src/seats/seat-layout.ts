import { LRUCache } from 'lru-cache';
import type { SeatId } from '../platform/id.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { type SeatRow, type SectionRow, listSeatPlaces } from './seat-layout-store.ts';

/** Where a seat is, in words and in order of merit. */
export type SeatPlace = {
  readonly seatId: SeatId;
  readonly sectionId: number;
  readonly section: string;
  readonly isGeneralAdmission: boolean;
  readonly tierId: number;
  readonly row: string;
  readonly label: string;
  readonly rowNo: number;
  /** Neighbours in a row differ by 1; across an aisle by more. */
  readonly position: number;
  /** 0 is the event's best seat. */
  readonly rank: number;
};

/** All seats of an event, whose ids are 1..seatCount. */
export type SeatLayout = {
  readonly seatCount: number;
  /** About what it takes of memory. */
  readonly bytes: number;
  placeOf(seatId: SeatId): SeatPlace | undefined;
  /** Only those that `test` lets through. */
  placesOfTier(tierId: number, test: (seatId: SeatId) => boolean): SeatPlace[];
};

/** Five million seats in rows. */
const CACHED_BYTES_MAX = 100 * 1024 * 1024;
const BYTES_PER_SEAT = 20;
/** A short text and the reference to it. */
const BYTES_PER_NAME = 32;

const layouts = onePer(
  ({ db }: Pick<Resources, 'db'>) =>
    new LRUCache<string, SeatLayout>({
      maxSize: CACHED_BYTES_MAX,
      sizeCalculation: ({ bytes }) => bytes,
      ignoreFetchAbort: true,
      fetchMethod: async (key) => {
        const { sections, seats } = await listSeatPlaces(db, key.slice(0, key.indexOf(' ')));
        return layoutOf(sections, seats);
      },
    }),
);

/**
 * The seats of an event, from memory: they change only with the version of its seat map. Concurrent first calls share
 * one query.
 */
export async function getSeatLayout(
  resources: Resources,
  event: { readonly eventId: string; readonly seatMapVersion: number },
): Promise<SeatLayout> {
  const known = layouts(resources);
  const key = `${event.eventId} ${event.seatMapVersion}`;
  return known.get(key) ?? (await known.fetch(key)) ?? layoutOf([], []);
}

/**
 * Columns instead of an object for each seat: a server that sells hundreds of large events keeps millions of seats,
 * outside of the heap that is collected.
 */
export function layoutOf(sections: readonly SectionRow[], seats: readonly SeatRow[]): SeatLayout {
  const sectionById = new Map(sections.map((section) => [section.sectionId, section]));
  const { names, ...columns } = columnsOf(seats);
  const seatCount = seats.length;
  const at = (index: number): SeatPlace => {
    const sectionId = numberAt(columns.sectionIds, index);
    const { name: section, isGeneralAdmission } = sectionById.get(sectionId) ?? NO_SECTION;
    return {
      seatId: index + 1,
      sectionId,
      section,
      isGeneralAdmission,
      tierId: numberAt(columns.tierIds, index),
      row: names[numberAt(columns.rows, index)] ?? '',
      label: names[numberAt(columns.labels, index)] ?? '',
      rowNo: numberAt(columns.rowNos, index),
      position: numberAt(columns.positions, index),
      rank: numberAt(columns.ranks, index),
    };
  };
  return {
    seatCount,
    bytes: 1 + BYTES_PER_SEAT * seatCount + BYTES_PER_NAME * names.length,
    placeOf: (seatId) => (seatId >= 1 && seatId <= seatCount ? at(seatId - 1) : undefined),
    placesOfTier(tierId, test) {
      const places: SeatPlace[] = [];
      for (let index = 0; index < seatCount; index += 1)
        if (columns.tierIds[index] === tierId && test(index + 1)) places.push(at(index));
      return places;
    },
  };
}

/** Rows and numbers recur from one row to the next, so seats point to their names. */
function columnsOf(seats: readonly SeatRow[]) {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (name: string) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, names.length);
    return names.push(name) - 1;
  };
  const columns = {
    sectionIds: new Uint16Array(seats.length),
    tierIds: new Uint16Array(seats.length),
    rowNos: new Uint16Array(seats.length),
    positions: new Uint16Array(seats.length),
    ranks: new Uint32Array(seats.length),
    rows: new Uint32Array(seats.length),
    labels: new Uint32Array(seats.length),
  };
  for (const [index, seat] of seats.entries()) {
    columns.sectionIds[index] = seat.sectionId;
    columns.tierIds[index] = seat.tierId;
    columns.rowNos[index] = seat.rowNo;
    columns.positions[index] = seat.position;
    columns.ranks[index] = seat.rank;
    columns.rows[index] = numberOf(seat.row);
    columns.labels[index] = numberOf(seat.label);
  }
  return { names, ...columns };
}

const NO_SECTION = { name: '', isGeneralAdmission: false };

function numberAt(column: Uint16Array | Uint32Array, index: number): number {
  return column[index] ?? 0;
}
