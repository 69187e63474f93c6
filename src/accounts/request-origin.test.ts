import { expect, test } from 'vitest';
import { isFromOwnPages } from './request-origin.ts';

const TRUSTED = ['https://tickets.example', 'https://shop.example'];
const host = 'tickets.example';

test('origin / listed / is ours', () => {
  expect(
    isFromOwnPages({ host, origin: 'https://tickets.example', 'sec-fetch-site': 'same-origin' }, TRUSTED),
  ).toBe(true);
  expect(
    isFromOwnPages({ host, origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' }, TRUSTED),
  ).toBe(true);
});

test('origin / of another site, a sibling, another scheme or opaque / is not ours', () => {
  for (const origin of [
    'https://evil.example',
    'https://x.tickets.example',
    'http://tickets.example:81',
    'null',
  ]) {
    expect(isFromOwnPages({ host, origin }, TRUSTED)).toBe(false);
    expect(isFromOwnPages({ host, origin, 'sec-fetch-site': 'cross-site' }, TRUSTED)).toBe(false);
    expect(isFromOwnPages({ host, origin, 'sec-fetch-site': 'same-site' }, TRUSTED)).toBe(false);
  }
});

test('origin / not listed but the host that was asked / is ours', () => {
  expect(isFromOwnPages({ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' }, TRUSTED)).toBe(true);
});

test('origin / none and no word of a browser / is a client that is no browser', () => {
  expect(isFromOwnPages({ host }, TRUSTED)).toBe(true);
});

test('origin / none, but the browser says that another site asks / is not ours', () => {
  expect(isFromOwnPages({ host, 'sec-fetch-site': 'cross-site' }, TRUSTED)).toBe(false);
});
