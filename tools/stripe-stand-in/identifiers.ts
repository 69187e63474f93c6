import { randomFillSync } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Drawn at once, as asking for a few random bytes costs as much as asking for thousands. */
const pool = new Uint8Array(16_384);
let used = pool.length;

/** A fresh id in Stripe's style, for example `pi_3` followed by 24 letters and digits. */
export function newId(prefix: string, chars = 24): string {
  let id = prefix;
  for (let left = chars; left > 0;) {
    const letter = alphabet[nextByte() & 63];
    if (letter === undefined) continue;
    id += letter;
    left -= 1;
  }
  return id;
}

function nextByte(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used] ?? 0;
  used += 1;
  return byte;
}
