import { type Tx, inTransaction } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { findAccount } from './account-store.ts';
import { ACCOUNT_PROBLEMS } from './problems.ts';
import { hashOfRefreshToken } from './refresh-token.ts';
import { announceRevoked } from './revoked-sessions.ts';
import { type SignedIn, issueRefreshToken } from './session.ts';
import {
  type SessionId,
  findSessionOfToken,
  findTokenUse,
  lockSession,
  revokeSession,
  useOtherTokens,
  useRefreshToken,
} from './session-store.ts';

/** A client that sends one token twice by mistake does so at about the same time; nobody honest sends it later than this. */
const RACE_MS = 10_000;
/** A page that was left or reloaded before the answer came has only the old cookie, and sends it when it is loaded again. */
const LOST_COOKIE_MS = 60_000;

/**
 * Goes on with a session: takes a refresh token out of use and gives the next one. Of any number of requests with the
 * same token exactly one succeeds, whatever servers they reach: the row is marked with its old state in the WHERE.
 *
 * A token that comes a second time was copied, and nobody can tell the thief from the owner; so the whole session is
 * ended, with all tokens that grew from it. Only within `RACE_MS` of the first use is a second one taken for a mistake:
 * it is refused with `refresh_in_progress`, ends nothing and gets nothing.
 *
 * A browser can lose the new cookie without a fault of anybody: by a reload while the answer is on its way, or in a race
 * of two tabs. So a cookie that was used within `LOST_COOKIE_MS` gets another successor. The first successor to be used
 * takes the others out of use: a thief's and the owner's can not both go on, and whoever comes second ends the session.
 * @throws Problem `refresh_token_invalid`, `refresh_token_reused`, `refresh_in_progress`.
 */
export async function refreshSession(
  resources: Resources,
  { refreshToken, isCookie }: { refreshToken: string; isCookie: boolean },
): Promise<SignedIn> {
  const tokenHash = hashOfRefreshToken(refreshToken);
  const result = await inTransaction(resources.db, (tx) => rotate(tx, tokenHash, isCookie));
  switch (result.outcome) {
    case 'rotated':
      return result.signedIn;
    case 'raced':
      throw new Problem(
        ACCOUNT_PROBLEMS.refresh_in_progress,
        'Another request used this token just now: go on with the token that it was given.',
        { headers: { 'retry-after': '1' } },
      );
    case 'reused':
      resources.log.warn({ sessionId: result.sessionId }, 'session.refresh-token-reused');
      await announceRevoked(resources, [result.sessionId]);
      throw new Problem(
        ACCOUNT_PROBLEMS.refresh_token_reused,
        'This token was used before, so it may have been stolen, and the session was ended: sign in again.',
        { headers: { 'www-authenticate': 'Bearer' } },
      );
    case 'invalid':
      throw new Problem(ACCOUNT_PROBLEMS.refresh_token_invalid, 'The session has ended: sign in again.', {
        headers: { 'www-authenticate': 'Bearer' },
      });
  }
}

type Rotation =
  | { readonly outcome: 'rotated'; readonly signedIn: SignedIn }
  | { readonly outcome: 'reused'; readonly sessionId: SessionId }
  | { readonly outcome: 'raced' | 'invalid' };

/** Outcomes are returned, not thrown: the revocation of a reused token has to be committed. */
async function rotate(tx: Tx, tokenHash: Buffer, isCookie: boolean): Promise<Rotation> {
  const sessionId = await findSessionOfToken(tx, tokenHash);
  const session = sessionId === undefined ? undefined : await lockSession(tx, sessionId);
  if (sessionId === undefined || session === undefined || session.isRevoked) return { outcome: 'invalid' };
  if (await useRefreshToken(tx, tokenHash)) await useOtherTokens(tx, sessionId);
  else if (!isCookie || (await findTokenUse(tx, tokenHash, LOST_COOKIE_MS)) !== 'just-now')
    return await refuseUsed(tx, tokenHash, sessionId);
  const account = await findAccount(tx, session.userId);
  if (account === undefined) return { outcome: 'invalid' };
  const refreshToken = await issueRefreshToken(tx, sessionId);
  return { outcome: 'rotated', signedIn: { account, sessionId, refreshToken } };
}

async function refuseUsed(tx: Tx, tokenHash: Buffer, sessionId: SessionId): Promise<Rotation> {
  const use = await findTokenUse(tx, tokenHash, RACE_MS);
  if (use === 'unused') return { outcome: 'invalid' };
  if (use === 'just-now') return { outcome: 'raced' };
  await revokeSession(tx, sessionId, 'refresh_reused');
  return { outcome: 'reused', sessionId };
}
