import { LRUCache } from 'lru-cache';
import { recentEvent } from '../events/recent-events.ts';
import type { SeatId } from '../platform/id.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { type SectionRow, listSeatPlaces } from './seat-layout-store.ts';

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
  placeOf(seatId: SeatId): SeatPlace | undefined;
  placesOfTier(tierId: number): SeatPlace[];
};

const NO_SEATS: SeatLayout = { seatCount: 0, placeOf: () => undefined, placesOfTier: () => [] };

/** 20 bytes each, outside of the heap that is collected. */
const SEATS_CACHED_MAX = 5_000_000;

const layouts = onePer(
  ({ db }: Pick<Resources, 'db'>) =>
    new LRUCache<string, SeatLayout>({
      maxSize: SEATS_CACHED_MAX,
      sizeCalculation: ({ seatCount }) => Math.max(1, seatCount),
      ignoreFetchAbort: true,
      fetchMethod: async (key) => {
        const { sections, seats } = await listSeatPlaces(db, key.slice(0, key.indexOf(' ')));
        return layoutOf(sections, seats);
      },
    }),
);

/**
 * The seats of an event, from memory: they change only with the version of its seat map, which is that of
 * `recentEvent`. Concurrent first calls share one query.
 */
export async function getSeatLayout(resources: Resources, eventId: string): Promise<SeatLayout> {
  const event = await recentEvent(resources, eventId);
  if (event === null) return NO_SEATS;
  const known = layouts(resources);
  const key = `${eventId} ${event.seatMapVersion}`;
  return known.get(key) ?? (await known.fetch(key)) ?? NO_SEATS;
}

/**
 * Columns instead of an object for each seat: a server that sells hundreds of large events keeps millions of seats. Few
 * names are different (rows and numbers recur), so seats point to them.
 */
export function layoutOf(
  sections: readonly SectionRow[],
  seats: readonly Omit<SeatPlace, 'section' | 'isGeneralAdmission'>[],
): SeatLayout {
  const seatCount = seats.length;
  const sectionById = new Map(sections.map((section) => [section.sectionId, section]));
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (name: string) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, names.length);
    return names.push(name) - 1;
  };
  const sectionIds = new Uint16Array(seatCount);
  const tierIds = new Uint16Array(seatCount);
  const rowNos = new Uint16Array(seatCount);
  const positions = new Uint16Array(seatCount);
  const ranks = new Uint32Array(seatCount);
  const rows = new Uint32Array(seatCount);
  const labels = new Uint32Array(seatCount);
  for (const [index, seat] of seats.entries()) {
    sectionIds[index] = seat.sectionId;
    tierIds[index] = seat.tierId;
    rowNos[index] = seat.rowNo;
    positions[index] = seat.position;
    ranks[index] = seat.rank;
    rows[index] = numberOf(seat.row);
    labels[index] = numberOf(seat.label);
  }
  const at = (index: number): SeatPlace => {
    const sectionId = numberAt(sectionIds, index);
    const { name: section, isGeneralAdmission } = sectionById.get(sectionId) ?? NO_SECTION;
    return {
      seatId: index + 1,
      sectionId,
      section,
      isGeneralAdmission,
      tierId: numberAt(tierIds, index),
      row: names[numberAt(rows, index)] ?? '',
      label: names[numberAt(labels, index)] ?? '',
      rowNo: numberAt(rowNos, index),
      position: numberAt(positions, index),
      rank: numberAt(ranks, index),
    };
  };
  return {
    seatCount,
    placeOf: (seatId) => (seatId >= 1 && seatId <= seatCount ? at(seatId - 1) : undefined),
    placesOfTier(tierId) {
      const places: SeatPlace[] = [];
      for (const [index, tier] of tierIds.entries()) if (tier === tierId) places.push(at(index));
      return places;
    },
  };
}

const NO_SECTION = { name: '', isGeneralAdmission: false };

function numberAt(column: Uint16Array | Uint32Array, index: number): number {
  return column[index] ?? 0;
}
