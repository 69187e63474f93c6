import { type KeyObject, createSecretKey } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { IdSchema } from '../platform/http/params.ts';
import type { Identity } from '../platform/http/route.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { ROLES } from './account.ts';
import { openRevokedSessions } from './revoked-sessions.ts';

export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60;
const ALGORITHM = 'HS256';
/** Servers with different addresses serve the same buyers, so these do not name one. */
const ISSUER = 'holdfast';
const AUDIENCE = 'holdfast-api';
const TOKEN_CHARS_MAX = 2_000;
/** About 30 MB when full; buyers beyond cost a verification, some 20 µs, each time. */
const VERIFIED_TOKENS_MAX = 50_000;

const Claims = z.object({
  sub: IdSchema,
  role: z.enum(ROLES),
  guest: z.boolean(),
  sid: IdSchema,
  exp: z.int(),
});

export type AccessTokens = {
  /**
   * Who sent the request; null when it carries no bearer token. Asks no server: a token is verified once, and found in
   * memory from then on; that it has not expired and that its session has not been revoked is looked at each time.
   * @throws Problem `unauthenticated` when the token is not good; `unavailable` while it can not be known yet whether
   * its session was revoked.
   */
  authenticate(req: { readonly headers: IncomingHttpHeaders }): Identity | null;
  close(): Promise<void>;
};

type Verified = { readonly identity: Identity; readonly expiresAtMs: number };

export async function openAccessTokens(resources: Resources): Promise<AccessTokens> {
  const { config, clock } = resources;
  const keys = config.jwtSecrets.map(keyOf);
  const verified = new LRUCache<string, Verified>({ max: VERIFIED_TOKENS_MAX });
  const revoked = await openRevokedSessions(resources);
  return {
    authenticate({ headers }) {
      const { authorization } = headers;
      if (authorization === undefined) return null;
      const present = verified.get(authorization);
      const token = present ?? readToken(authorization, keys, clock.nowMs());
      if (token === null) return null;
      const { identity, expiresAtMs } = token;
      if (expiresAtMs <= clock.nowMs()) throw badToken(EXPIRED);
      if (!revoked.isKnown())
        throw new Problem(PROBLEMS.unavailable, 'The server is starting: try again in a moment.');
      if (revoked.has(identity.sessionId)) throw badToken('The session has ended: sign in again.');
      if (present === undefined) verified.set(authorization, token);
      return identity;
    },
    close: () => revoked.close(),
  };
}

/** A token for the next 15 min, signed with the current secret. */
export function signAccessToken(
  { config, clock }: Pick<Resources, 'config' | 'clock'>,
  identity: Identity,
): string {
  const issuedAt = Math.floor(clock.nowMs() / 1000);
  return jwt.sign(
    {
      sub: identity.userId,
      role: identity.role,
      guest: identity.isGuest,
      sid: identity.sessionId,
      iat: issuedAt,
      exp: issuedAt + ACCESS_TOKEN_TTL_SECONDS,
    },
    keyOf(config.jwtSecrets[0]),
    { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE },
  );
}

/** null: another scheme (a proxy's password, say), which is not ours to judge. @throws Problem when it is not good. */
function readToken(authorization: string, keys: readonly KeyObject[], nowMs: number): Verified | null {
  const token = /^bearer +(?<token>\S+) *$/i.exec(authorization)?.groups?.['token'];
  return token === undefined ? null : verify(token, keys, nowMs);
}

/** @throws Problem when no secret, the current or one before it, has signed the token for us. */
function verify(token: string, keys: readonly KeyObject[], nowMs: number): Verified {
  if (token.length > TOKEN_CHARS_MAX) throw badToken(NOT_OURS);
  for (const key of keys) {
    const claims = claimsOf(token, key, nowMs);
    if (claims === null) continue;
    const { sub, role, guest, sid, exp } = claims;
    return {
      identity: { userId: sub, role, isGuest: guest, sessionId: sid },
      expiresAtMs: exp * 1000,
    };
  }
  throw badToken(NOT_OURS);
}

/** null: this key did not sign it. */
function claimsOf(token: string, key: KeyObject, nowMs: number): z.output<typeof Claims> | null {
  try {
    const payload = jwt.verify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTimestamp: Math.floor(nowMs / 1000),
    });
    return Claims.safeParse(payload).data ?? null;
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw badToken(EXPIRED, error);
    // The package lets the parser's own error through when the payload is no JSON, and fails on one that is `null`.
    if (UNREADABLE.some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

const UNREADABLE = [jwt.JsonWebTokenError, SyntaxError, TypeError];
const EXPIRED = 'The access token has expired: refresh it.';
const NOT_OURS = 'The access token is not one of ours.';

/** RFC 6750, section 3.1. */
function badToken(detail: string, cause?: unknown): Problem {
  return new Problem(PROBLEMS.unauthenticated, detail, {
    cause,
    headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${detail}"` },
  });
}

function keyOf(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'utf8'));
}
