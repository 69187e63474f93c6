import { listSoldSeats } from '../bookings/booking-store.ts';
import { lockHold } from '../holds/hold-store.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { cancelAndRefund } from './cancel-booking.ts';
import { listOpenHolds, listUnfinishedCancellations } from './checkout-store.ts';
import { endCheckout } from './end-checkout.ts';
import { free } from './end-unpaid.ts';
import { tellSeatChanges } from './tell-changes.ts';

const HOLDS_PER_BATCH = 100;
const BOOKINGS_PER_BATCH = 200;
/** A run ends after so many batches; the job's next try, or the cleanup worker, goes on where it ended. */
const BATCHES_MAX = 500;
const EVENTS_PER_RUN = 5;

export type EventCancelling = { holdsEnded: number; bookingsCancelled: number; leftCount: number };

/**
 * The job `event.cancelled`: ends every checkout and hold of the event, and cancels and refunds every booking, in
 * batches. Each step does only what is left, so it may be cut short and repeated. A checkout of which Stripe says
 * nothing stays; if it is paid after all, it is refunded, since its event is cancelled.
 */
export async function cancelEventOrders(resources: Resources, eventId: string): Promise<EventCancelling> {
  const counts = { holdsEnded: 0, bookingsCancelled: 0, leftCount: 0 };
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const ended = await endHolds(resources, eventId);
    const cancelled = await cancelBookings(resources, eventId);
    counts.holdsEnded += ended.done;
    counts.bookingsCancelled += cancelled;
    counts.leftCount = ended.left;
    if (ended.done === 0 && cancelled === 0) break;
  }
  resources.log.info({ eventId, ...counts }, 'event.orders-cancelled');
  return counts;
}

/** Goes on with cancelled events whose orders are not all ended: the job was lost, or Stripe was away. */
export async function resumeEventCancellations(
  resources: Resources,
): Promise<{ events: number; left: number }> {
  const eventIds = await listUnfinishedCancellations(resources.db, EVENTS_PER_RUN);
  let left = 0;
  for (const eventId of eventIds) left += (await cancelEventOrders(resources, eventId)).leftCount;
  return { events: eventIds.length, left };
}

async function endHolds(resources: Resources, eventId: string): Promise<{ done: number; left: number }> {
  const open = await listOpenHolds(resources.db, { eventId, limit: HOLDS_PER_BATCH });
  let done = 0;
  for (const { holdId, userId, status } of open) {
    if (status === 'checkout') {
      const outcome = await endCheckout(resources, { holdId });
      if (outcome === 'processing' || outcome === 'unknown') continue;
    }
    const seatIds = await freeHold(resources, eventId, holdId);
    if (seatIds !== null)
      await tellSeatChanges(resources, { eventId, holdId, userId, booked: [], freed: seatIds, isOver: true });
    crashPoint('event-cancel.hold-ended');
    done += 1;
  }
  return { done, left: open.length - done };
}

async function freeHold(resources: Resources, eventId: string, holdId: string) {
  return inTransaction(resources.db, async (tx) => {
    const hold = await lockHold(tx, eventId, holdId);
    // What went into checkout since is ended by the next batch, Stripe first.
    if (hold === null || hold.status === 'checkout') return null;
    const freed = await free(tx, hold, 'event_cancelled');
    return freed.outcome === 'freed' ? freed.seatIds : null;
  });
}

async function cancelBookings(resources: Resources, eventId: string): Promise<number> {
  const sold = await listSoldSeats(resources.db, { eventId, limit: BOOKINGS_PER_BATCH });
  const byHold = Map.groupBy(sold, (seat) => seat.holdId);
  let cancelled = 0;
  for (const ofHold of byHold.values()) {
    cancelled += await cancelAndRefund(resources, ofHold, 'event_cancelled');
    crashPoint('event-cancel.booking-cancelled');
  }
  return cancelled;
}
