import { expect, test } from 'vitest';
import { EmailAddress } from './email-address.ts';

test('address / in any spelling / is stored in one', () => {
  expect(EmailAddress.parse('  Ada@Example.ORG ')).toBe('ada@example.org');
  expect(EmailAddress.parse('rene\u0301@example.org')).toBe(EmailAddress.parse('REN\u00c9@example.org'));
});

test.each([
  '',
  'ada',
  'ada@',
  '@example.org',
  'ada@example',
  'ada@example..org',
  'a da@example.org',
  'ada@exa mple.org',
])('address / %j / refused', (text) => expect(EmailAddress.safeParse(text).success).toBe(false));

test('address / with an invisible character, or too long / refused', () => {
  expect(EmailAddress.safeParse('ada\u200b@example.org').success).toBe(false);
  expect(EmailAddress.safeParse('ada\u0000@example.org').success).toBe(false);
  expect(EmailAddress.safeParse(`${'a'.repeat(65)}@example.org`).success).toBe(false);
  expect(EmailAddress.safeParse(`a@${'b'.repeat(250)}.org`).success).toBe(false);
});

test('address / with a plus, dots, digits or letters beyond ASCII / accepted', () => {
  for (const text of [
    'ada+tickets@example.org',
    'a.b.c@mail.example.co.uk',
    '7@example.org',
    'päivi@example.fi',
  ]) {
    expect(EmailAddress.parse(text)).toBe(text);
  }
});
