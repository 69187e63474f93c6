import { newId } from '../platform/id.ts';
import type { Tx } from '../platform/mysql.ts';
import type { Account } from './account.ts';
import { hashOfRefreshToken, newRefreshToken } from './refresh-token.ts';
import { type SessionId, insertRefreshToken, insertSession } from './session-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A session goes on for as long as it is refreshed within this time. */
export const REFRESH_TOKEN_TTL_MS = 7 * DAY_MS;

/** What a sign-in gives: who it is, and the token with which to go on. */
export type SignedIn = {
  readonly account: Account;
  readonly sessionId: SessionId;
  readonly refreshToken: string;
};

/**
 * Opens a session with its first refresh token. The caller has locked the account (or has just made it), so that a
 * change of role, which ends the account's sessions, can not miss this one.
 */
export async function openSession(tx: Tx, account: Account): Promise<SignedIn> {
  const sessionId: SessionId = newId();
  await insertSession(tx, sessionId, account.userId);
  return { account, sessionId, refreshToken: await issueRefreshToken(tx, sessionId) };
}

/** A further token of an open session, which the caller has locked. */
export async function issueRefreshToken(tx: Tx, sessionId: SessionId): Promise<string> {
  const refreshToken = newRefreshToken();
  await insertRefreshToken(tx, {
    tokenHash: hashOfRefreshToken(refreshToken),
    sessionId,
    ttlMs: REFRESH_TOKEN_TTL_MS,
  });
  return refreshToken;
}
