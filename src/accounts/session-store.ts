import { sql } from 'kysely';
import { type Id, type UserId, fromBytes, toBytes } from '../platform/id.ts';
import { type Db, type DbOrTx, NOW, type Tx, nowPlusMs } from '../platform/mysql.ts';

export type SessionId = Id<'session'>;
/** Why a session ended before its time; kept for the record. */
export type RevocationReason = 'signed_out' | 'refresh_reused' | 'registered' | 'role_changed';

export async function insertSession(tx: Tx, sessionId: SessionId, userId: UserId): Promise<void> {
  await tx
    .insertInto('sessions')
    .values({ session_id: toBytes(sessionId), user_id: toBytes(userId), created_at: NOW })
    .execute();
}

export async function insertRefreshToken(
  tx: Tx,
  { tokenHash, sessionId, ttlMs }: { tokenHash: Buffer; sessionId: SessionId; ttlMs: number },
): Promise<void> {
  await tx
    .insertInto('refresh_tokens')
    .values({
      token_hash: tokenHash,
      session_id: toBytes(sessionId),
      issued_at: NOW,
      expires_at: nowPlusMs(ttlMs),
    })
    .execute();
}

/** Whose token it is, whatever became of it. */
export async function findSessionOfToken(db: DbOrTx, tokenHash: Buffer): Promise<SessionId | undefined> {
  const row = await db
    .selectFrom('refresh_tokens')
    .select('session_id')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row && fromBytes(row.session_id);
}

/** Locks the session until the transaction ends: its tokens are handed on, and it is revoked, by one at a time. */
export async function lockSession(
  tx: Tx,
  sessionId: SessionId,
): Promise<{ userId: UserId; isRevoked: boolean } | undefined> {
  const row = await tx
    .selectFrom('sessions')
    .select(['user_id', 'revoked_at'])
    .where('session_id', '=', toBytes(sessionId))
    .forUpdate()
    .executeTakeFirst();
  return row && { userId: fromBytes(row.user_id), isRevoked: row.revoked_at !== null };
}

/** Marks the token as used. False when it was used before, or is too old: then nothing is changed. */
export async function useRefreshToken(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  const result = await tx
    .updateTable('refresh_tokens')
    .set({ used_at: NOW })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', NOW)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Marks what unused tokens the session still has as used, so that only one goes on; the caller has locked the session. */
export async function useOtherTokens(tx: Tx, sessionId: SessionId): Promise<void> {
  await tx
    .updateTable('refresh_tokens')
    .set({ used_at: NOW })
    .where('session_id', '=', toBytes(sessionId))
    .where('used_at', 'is', null)
    .execute();
}

/** Whether the token was used, and if so whether that is at most `justNowMs` ago by the database's clock. */
export async function findTokenUse(
  tx: Tx,
  tokenHash: Buffer,
  justNowMs: number,
): Promise<'unused' | 'just-now' | 'earlier'> {
  const row = await tx
    .selectFrom('refresh_tokens')
    .select(['used_at', sql<number | null>`used_at >= ${nowPlusMs(-justNowMs)}`.as('just_now')])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (row === undefined || row.used_at === null) return 'unused';
  return Number(row.just_now) === 1 ? 'just-now' : 'earlier';
}

/** False when it was revoked before. */
export async function revokeSession(
  tx: DbOrTx,
  sessionId: SessionId,
  reason: RevocationReason,
): Promise<boolean> {
  const result = await tx
    .updateTable('sessions')
    .set({ revoked_at: NOW, revoked_reason: reason })
    .where('session_id', '=', toBytes(sessionId))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Revokes all sessions of the user that were not yet; the caller has locked the account. */
export async function revokeSessionsOf(
  tx: Tx,
  userId: UserId,
  reason: RevocationReason,
): Promise<SessionId[]> {
  const open = await tx
    .selectFrom('sessions')
    .select('session_id')
    .where('user_id', '=', toBytes(userId))
    .where('revoked_at', 'is', null)
    .orderBy('session_id')
    .forUpdate()
    .execute();
  if (open.length === 0) return [];
  const ids = open.map((row) => row.session_id);
  await tx
    .updateTable('sessions')
    .set({ revoked_at: NOW, revoked_reason: reason })
    .where('session_id', 'in', ids)
    .execute();
  return ids.map((id) => fromBytes(id));
}

/** The sessions that were revoked within the last so many milliseconds. */
export async function listRevokedSessions(db: Db, withinMs: number): Promise<SessionId[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('session_id')
    .where('revoked_at', '>=', nowPlusMs(-withinMs))
    .execute();
  return rows.map((row) => fromBytes(row.session_id));
}

/** Tokens that expired, the oldest first. */
export async function listExpiredTokens(
  tx: Tx,
  max: number,
): Promise<{ tokenHash: Buffer; sessionId: SessionId }[]> {
  const rows = await tx
    .selectFrom('refresh_tokens')
    .select(['token_hash', 'session_id'])
    .where('expires_at', '<', NOW)
    .orderBy('expires_at')
    .limit(max)
    .execute();
  return rows.map((row) => ({ tokenHash: row.token_hash, sessionId: fromBytes(row.session_id) }));
}

export async function deleteTokens(tx: Tx, tokenHashes: readonly Buffer[]): Promise<void> {
  await tx.deleteFrom('refresh_tokens').where('token_hash', 'in', tokenHashes).execute();
}

/** Deletes those of the sessions that have no token left. */
export async function deleteSessionsWithoutTokens(tx: Tx, sessionIds: readonly SessionId[]): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where('session_id', 'in', sessionIds.map(toBytes))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('refresh_tokens')
            .select('token_hash')
            .whereRef('refresh_tokens.session_id', '=', 'sessions.session_id'),
        ),
      ),
    )
    .execute();
}
