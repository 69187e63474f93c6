import { COMMON_PASSWORDS } from './common-passwords.ts';

export const PASSWORD_CHARS_MIN = 10;
/** bcrypt takes no more into account: a longer one would be cut off silently, so it is refused. */
export const PASSWORD_BYTES_MAX = 72;
const DIFFERENT_CHARS_MIN = 4;

/** The one spelling in which a password is hashed: keyboards differ in how they compose an accented letter. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** Whether bcrypt would see the whole of it. */
export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') <= PASSWORD_BYTES_MAX;
}

/**
 * What is wrong with a new password, in words for the person; null when it will do. After NIST SP 800-63B: length and
 * a list of the worst, no rules of composition. `email` is the normalised address.
 */
export function passwordFault(password: string, email: string): string | null {
  const lower = password.toLowerCase();
  if (Array.from(password).length < PASSWORD_CHARS_MIN)
    return `must have at least ${PASSWORD_CHARS_MIN} characters`;
  if (!fitsBcrypt(password)) return `must have at most ${PASSWORD_BYTES_MAX} bytes in UTF-8`;
  if (lower === email || lower === email.split('@', 1)[0]) return 'must not be the address';
  if (new Set(lower).size < DIFFERENT_CHARS_MIN)
    return `must have at least ${DIFFERENT_CHARS_MIN} different characters`;
  if (COMMON_PASSWORDS.has(lower)) return 'is among those that are tried first: choose another';
  return null;
}
