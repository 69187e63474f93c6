import { randomBytes } from 'node:crypto';

/** A fresh id in Stripe's style, for example `pi_3` followed by 24 letters and digits. */
export function newId(prefix: string, chars = 24): string {
  let text = '';
  while (text.length < chars) text += randomBytes(chars).toString('base64url').replace(/[-_]/g, '');
  return prefix + text.slice(0, chars);
}
