import { OPEN_STATUSES } from '../holds/hold.ts';
import { lockHold } from '../holds/hold-store.ts';
import type { SeatId } from '../platform/id.ts';
import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { unlockSeats } from '../seats/seat-locks.ts';
import { releaseSeats } from '../seats/seat-store.ts';

/**
 * Frees seats that are locked by a hold that is over or unknown, which no path of the program leaves behind: a restored
 * backup or a hand in the database does. The hold is locked and looked at again before.
 */
export async function releaseOrphans(
  resources: Resources,
  eventId: string,
  holds: readonly { readonly holdId: string; readonly userId: string }[],
): Promise<number> {
  let freed = 0;
  for (const { holdId, userId } of holds) {
    const seatIds = await releaseIfOver(resources, eventId, holdId);
    if (seatIds.length === 0) continue;
    freed += seatIds.length;
    resources.log.warn({ eventId, holdId, seatIds }, 'seats.orphans-freed');
    await publishSeatChanges(resources.redis, eventId, changesTo('available', seatIds));
    await unlockSeats(resources.redis, { eventId, holdId, seatIds, endsHold: { userId } });
  }
  return freed;
}

async function releaseIfOver(resources: Resources, eventId: string, holdId: string): Promise<SeatId[]> {
  return await inTransaction(resources.db, async (tx) => {
    const hold = await lockHold(tx, eventId, holdId);
    const isOpen = hold !== null && OPEN_STATUSES.some((status) => status === hold.status);
    return isOpen ? [] : await releaseSeats(tx, { eventId, holdId, reason: 'orphaned' });
  });
}
