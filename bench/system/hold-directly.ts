import type { Claim } from '../../src/holds/jobs.ts';
import { persistHolds } from '../../src/holds/persist-holds.ts';
import { type SeatId, newId } from '../../src/platform/id.ts';
import { piecesOf } from '../../src/platform/pieces.ts';
import type { Resources } from '../../src/resources.ts';
import { lockSeats } from '../../src/seats/lock-seats.ts';

const CLAIMS_PER_BATCH = 200;
const TTL_MS = 600_000;

/** Holds of one seat each, of as many buyers, written by the product's own code but without HTTP and the queue. */
export async function holdDirectly(
  resources: Resources,
  eventId: string,
  seatIds: readonly SeatId[],
): Promise<void> {
  for (const piece of piecesOf(seatIds, CLAIMS_PER_BATCH)) {
    const group = piece.map((seatId) => claimOf(eventId, seatId));
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
