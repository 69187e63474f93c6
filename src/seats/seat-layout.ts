import { LRUCache } from 'lru-cache';
import type { SeatId } from '../platform/id.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { listSeatPlaces } from './seat-layout-store.ts';

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

/** All seats of an event; seat n is at index n - 1. */
export type SeatLayout = { readonly places: readonly SeatPlace[] };

const SEATS_CACHED_MAX = 500_000;
const STALE_MS_MAX = 30_000;

const layouts = onePer(
  ({ db }: Pick<Resources, 'db'>) =>
    new LRUCache<string, SeatLayout>({
      maxSize: SEATS_CACHED_MAX,
      sizeCalculation: (layout) => Math.max(1, layout.places.length),
      ttl: STALE_MS_MAX,
      fetchMethod: async (eventId) => ({ places: await listSeatPlaces(db, eventId) }),
    }),
);

/**
 * The seats of an event, from memory: they change only when a plan is imported again, which open sales do not allow.
 * Concurrent first calls share one query.
 */
export async function getSeatLayout(resources: Resources, eventId: string): Promise<SeatLayout> {
  return (await layouts(resources).fetch(eventId)) ?? { places: [] };
}
