import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { deleteSessionsWithoutTokens, deleteTokens, listExpiredTokens } from './session-store.ts';

const TOKENS_PER_RUN_MAX = 1_000;

/**
 * Deletes refresh tokens that expired, with the sessions whose last token that was; a bounded number a call, for the
 * cleanup worker. An expired token is refused whether its row is there or not.
 * @returns how many tokens went.
 */
export async function pruneSessions({ db }: Pick<Resources, 'db'>): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const expired = await listExpiredTokens(tx, TOKENS_PER_RUN_MAX);
    if (expired.length === 0) return 0;
    await deleteTokens(
      tx,
      expired.map((token) => token.tokenHash),
    );
    await deleteSessionsWithoutTokens(tx, [...new Set(expired.map((token) => token.sessionId))]);
    return expired.length;
  });
}
