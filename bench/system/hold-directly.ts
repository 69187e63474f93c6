import type { Claim } from '../../src/holds/jobs.ts';
import { persistHolds } from '../../src/holds/persist-holds.ts';
import { type SeatId, newId } from '../../src/platform/id.ts';
import type { Resources } from '../../src/resources.ts';
import { lockSeats } from '../../src/seats/seat-locks.ts';

const CLAIMS_PER_BATCH = 200;
const TTL_MS = 600_000;

/** Holds of one seat each, of as many buyers, written by the product's own code but without HTTP and the queue. */
export async function holdDirectly(
  resources: Resources,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<void> {
  for (let from = 0; from < seatIds.length; from += CLAIMS_PER_BATCH) {
    const group = seatIds.slice(from, from + CLAIMS_PER_BATCH).map((seatId) => claimOf(eventId, seatId));
    await Promise.all(
      group.map(({ claimId, userId, seatIds: wanted }) =>
        lockSeats(resources.redis, { eventId, userId, seatIds: wanted, newHoldId: claimId, ttlMs: TTL_MS }),
      ),
    );
    await persistHolds(resources, group);
  }
}

function claimOf(eventId: string, seatId: SeatId): Claim {
  const claimId = newId();
  return {
    claimId,
    token: claimId,
    eventId,
    userId: newId(),
    seatIds: [seatId],
    ttlMs: TTL_MS,
    totalMs: TTL_MS,
    seatsPerBuyerMax: 10,
    replyTo: 'nobody',
  };
}
