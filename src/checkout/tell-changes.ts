import type { NewBookings } from '../bookings/booking-store.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import { changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { clearBooked, markBooked, setLocks, unlockHolds, unlockSeats } from '../seats/seat-locks.ts';

export type SeatsChanged = {
  readonly eventId: string;
  readonly holdId: string;
  readonly userId: string;
  readonly booked: readonly SeatId[];
  readonly freed: readonly SeatId[];
  /** The hold is the buyer's open hold no more. */
  readonly isOver: boolean;
};

/**
 * Brings Redis in line with what was committed, and tells the open seat maps. Redis may be away: MySQL is right without
 * it, and the cleanup worker makes the two agree.
 */
export async function tellSeatChanges(resources: Resources, changed: SeatsChanged): Promise<void> {
  const { eventId, holdId, userId, booked, freed, isOver } = changed;
  await courtesy(resources, eventId, async () => {
    await markBooked(resources.redis, eventId, booked);
    if (booked.length > 0) crashPoint('booking.marked');
    await unlockSeats(resources.redis, {
      eventId,
      holdId,
      seatIds: freed,
      ...(isOver ? { endsHold: { userId } } : {}),
    });
    await publishSeatChanges(resources.redis, eventId, [
      ...changesTo('booked', booked),
      ...changesTo('available', freed),
    ]);
  });
}

/** The same for seats that several holds have bought, which ends these holds: one word for each event. */
export async function tellSeatsBooked(resources: Resources, sales: readonly NewBookings[]): Promise<void> {
  const { redis } = resources;
  const tellOne = async (eventId: string, ofEvent: readonly NewBookings[]) => {
    const booked = ofEvent.flatMap(({ lines }) => lines.map((line) => line.seatId));
    await markBooked(redis, eventId, booked);
    if (ofEvent.length > 1) crashPoint('lot.marked');
    await Promise.all([
      unlockHolds(
        redis,
        eventId,
        ofEvent.map(({ holdId, userId }) => ({ holdId, seatIds: [], endsHold: { userId } })),
      ),
      publishSeatChanges(redis, eventId, changesTo('booked', booked)),
    ]);
  };
  const byEvent = Map.groupBy(sales, ({ eventId }) => eventId);
  await Promise.all(
    [...byEvent].map(([eventId, ofEvent]) => courtesy(resources, eventId, () => tellOne(eventId, ofEvent))),
  );
}

/** The seats of cancelled bookings are on sale again. */
export async function tellSeatsBack(
  resources: Resources,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<void> {
  await courtesy(resources, eventId, async () => {
    await clearBooked(resources.redis, eventId, seatIds);
    await publishSeatChanges(resources.redis, eventId, changesTo('available', seatIds));
  });
}

/** Makes the locks in Redis last as long as those in MySQL. */
export async function lockInRedis(
  resources: Resources,
  lock: { eventId: string; holdId: string; userId: string; seatIds: readonly SeatId[]; ttlMs: number },
): Promise<void> {
  await courtesy(resources, lock.eventId, () => setLocks(resources.redis, lock));
}

async function courtesy(resources: Resources, eventId: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    resources.log.warn({ eventId, err: error }, 'redis.behind');
  }
}
