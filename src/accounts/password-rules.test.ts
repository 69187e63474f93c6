import { expect, test } from 'vitest';
import { COMMON_PASSWORDS } from './common-passwords.ts';
import { PASSWORD_CHARS_MIN, fitsBcrypt, normalisePassword, passwordFault } from './password-rules.ts';

const EMAIL = 'ada.lovelace@example.org';

test('password / long enough and uncommon / accepted', () => {
  expect(passwordFault('a pencil and a plan', EMAIL)).toBeNull();
  expect(passwordFault('correct-1!x', EMAIL)).toBeNull();
});

test('password / nine characters / refused', () => {
  expect(passwordFault('zq7-kd93h', EMAIL)).toMatch(/at least 10/);
});

test('password / length is counted in characters, not in UTF-16 units / nine faces are refused', () => {
  expect(passwordFault('😀😃😄😁😆😅🤣😂🙂', EMAIL)).toMatch(/at least 10/);
  expect(passwordFault('😀😃😄😁😆😅🤣😂🙂🙃', EMAIL)).toBeNull();
});

test('password / more than the 72 bytes that bcrypt looks at / refused', () => {
  const longest = 'abcdefgh'.repeat(9);
  expect(passwordFault(longest, EMAIL)).toBeNull();
  expect(passwordFault(`${longest}i`, EMAIL)).toMatch(/at most 72 bytes/);
  expect(passwordFault('éàüß'.repeat(9) + 'x', EMAIL)).toMatch(/at most 72 bytes/);
  expect(fitsBcrypt('éàüß'.repeat(9))).toBe(true);
});

test('password / the address or its first part in any case / refused', () => {
  expect(passwordFault('Ada.Lovelace@Example.org', EMAIL)).toMatch(/address/);
  expect(passwordFault('ADA.LOVELACE', EMAIL)).toMatch(/address/);
});

test('password / a common one in any case, or one letter over and over / refused', () => {
  expect(passwordFault('Password123', EMAIL)).toMatch(/tried first/);
  expect(passwordFault('ababababababab', EMAIL)).toMatch(/different characters/);
});

test('common passwords / each / is one that the length alone would let pass', () => {
  for (const password of COMMON_PASSWORDS) {
    expect(password.length).toBeGreaterThanOrEqual(PASSWORD_CHARS_MIN);
    expect(password).toBe(password.toLowerCase());
  }
});

test('password / an accent typed as one character or as two / is the same password', () => {
  expect(normalisePassword('cafe\u0301 at noon')).toBe(normalisePassword('caf\u00e9 at noon'));
});
