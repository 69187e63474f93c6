import { piecesOf } from '../platform/pieces.ts';
import type { Resources } from '../resources.ts';
import { readBuyerHolds } from '../seats/seat-locks.ts';
import { releaseOrphans } from './release-orphans.ts';
import { type HoldToRestore, restoreLocks } from './restore-locks.ts';
import { listEndedHolds, listOpenHolds, listOrphaningHolds, listWatchedEvents } from './seat-state-store.ts';

const KEYS_PER_CALL = 1_000;

/**
 * What is seldom wrong, and harms little while it is: buyers whose open hold Redis does not know although it has its locks
 * (their next selection would not join it until MySQL has spoken), and seats that are locked by a hold that is over.
 * @returns in buyers, and in seats.
 */
export async function reconcileHolds(
  resources: Resources,
  signal?: AbortSignal,
): Promise<{ buyerHolds: number; orphansFreed: number }> {
  const total = { buyerHolds: 0, orphansFreed: 0 };
  for (const { eventId } of await listWatchedEvents(resources.db)) {
    if (signal?.aborted === true) break;
    total.buyerHolds += await restoreBuyerHolds(resources, eventId);
    total.orphansFreed += await releaseOrphans(
      resources,
      eventId,
      await listOrphaningHolds(resources.db, eventId),
    );
  }
  return total;
}

async function restoreBuyerHolds(resources: Resources, eventId: string): Promise<number> {
  const { redis, db } = resources;
  const unknown: HoldToRestore[] = [];
  for (const piece of piecesOf(await listOpenHolds(db, eventId), KEYS_PER_CALL)) {
    const known = await readBuyerHolds(
      redis,
      eventId,
      piece.map(({ userId }) => userId),
    );
    const wrong = piece.flatMap((hold, index) => {
      const replacing = known[index] ?? '';
      return replacing === hold.holdId ? [] : { ...hold, replacing, seatIds: [] };
    });
    const ended = await listEndedHolds(
      db,
      eventId,
      wrong.map(({ replacing }) => replacing),
    );
    unknown.push(...wrong.filter(({ replacing }) => replacing === '' || ended.has(replacing)));
  }
  await restoreLocks(resources, eventId, unknown);
  return unknown.length;
}
