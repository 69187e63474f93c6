import { expect, test } from 'vitest';
import { STREAM_START, isAfter, isStreamId, msBefore } from './stream-id.ts';

test.each([
  ['1700000000001-0', '1700000000000-9', true],
  ['1700000000000-10', '1700000000000-9', true],
  ['1700000000000-9', '1700000000000-9', false],
  ['999-0', '1000-0', false],
  ['1-0', STREAM_START, true],
])('isAfter / %s, %s / %s', (a, b, expected) => {
  expect(isAfter(a, b)).toBe(expected);
});

test.each([
  ['1700000000000-0', true],
  ['0-0', true],
  ['', false],
  ['1700000000000', false],
  ['-', false],
  ['+', false],
  ['1-0 COUNT 1', false],
  [`${'9'.repeat(21)}-0`, false],
])('isStreamId / %j / %s', (text, expected) => {
  expect(isStreamId(text)).toBe(expected);
});

test('msBefore / near the beginning of time / never negative', () => {
  expect(msBefore('1700000001500-3', 1000)).toBe('1700000000500-0');
  expect(msBefore(STREAM_START, 1000)).toBe('0-0');
});
