import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** 256 random bits, as 43 characters of base64url. Whoever has it can go on with the session. */
export function newRefreshToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What the database keeps of a token. It needs no salt and no slow hash: nobody guesses 256 random bits. */
export function hashOfRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
