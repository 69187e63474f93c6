import type { Resources } from '../resources.ts';
import { hashOfRefreshToken } from './refresh-token.ts';
import { announceRevoked } from './revoked-sessions.ts';
import { type SessionId, findSessionOfToken, revokeSession } from './session-store.ts';

/**
 * Ends the session of a refresh token (used or not: who has it may end it) and that of an access token. Their tokens
 * are refused from then on, by this server at once and by all others within moments. Ending what has ended is no error.
 */
export async function signOut(
  resources: Resources,
  { refreshToken, sessionId }: { refreshToken: string | undefined; sessionId: SessionId | undefined },
): Promise<void> {
  const { db, log } = resources;
  const ofToken =
    refreshToken === undefined ? undefined : await findSessionOfToken(db, hashOfRefreshToken(refreshToken));
  const ending = new Set([ofToken, sessionId].filter((id) => id !== undefined));
  for (const id of ending) {
    const hasEnded = await revokeSession(db, id, 'signed_out');
    if (hasEnded) log.info({ sessionId: id }, 'session.signed-out');
  }
  await announceRevoked(resources, [...ending]);
}
