import type { Resources } from '../resources.ts';
import { REFRESH_TOKEN_TTL_MS } from './session.ts';
import { deleteExpiredTokens, deleteSessionsWithoutTokens } from './session-store.ts';

const ROWS_PER_RUN_MAX = 1_000;

/**
 * Deletes refresh tokens that expired and sessions that have none left, a bounded number a call: for the cleanup
 * worker. An expired token is refused whether its row is there or not.
 * @returns how many rows went; more than none means that another call may find more.
 */
export async function pruneSessions({ db, clock }: Pick<Resources, 'db' | 'clock'>): Promise<number> {
  const tokens = await deleteExpiredTokens(db, ROWS_PER_RUN_MAX);
  const sessions = await deleteSessionsWithoutTokens(
    db,
    clock.nowMs() - REFRESH_TOKEN_TTL_MS,
    ROWS_PER_RUN_MAX,
  );
  return tokens + sessions;
}
