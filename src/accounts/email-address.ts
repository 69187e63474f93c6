import { z } from 'zod';

/** RFC 5321, section 4.5.3.1.3, less the angle brackets; the column's length too. */
const EMAIL_CHARS_MAX = 254;
/** A quick look, not a proof: only a mail that arrives proves an address. Quoted local parts are not taken. */
const EMAIL_PATTERN = /^[^\s@"\p{C}]{1,64}@[^\s@.\p{C}]+(?:\.[^\s@.\p{C}]+)+$/u;

/** The one spelling in which an address is stored and looked up: trimmed, lower case, Unicode form NFC. */
export function normaliseEmail(text: string): string {
  return text.trim().toLowerCase().normalize('NFC');
}

/** An e-mail address in any spelling; gives the stored one. */
export const EmailAddress = z
  .string()
  .max(2 * EMAIL_CHARS_MAX)
  .transform(normaliseEmail)
  .pipe(z.string().max(EMAIL_CHARS_MAX).regex(EMAIL_PATTERN, 'must be an e-mail address'))
  .meta({ description: 'An e-mail address; letter case does not matter.', examples: ['ada@example.org'] });
