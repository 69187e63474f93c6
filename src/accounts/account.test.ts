import { expect, test } from 'vitest';
import { losesRights } from './account.ts';

test('role / to one with fewer rights / loses rights', () => {
  expect(losesRights('admin', 'organiser')).toBe(true);
  expect(losesRights('organiser', 'buyer')).toBe(true);
});

test('role / to the same or one with more rights / loses none', () => {
  expect(losesRights('buyer', 'admin')).toBe(false);
  expect(losesRights('organiser', 'organiser')).toBe(false);
});
