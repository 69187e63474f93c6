import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { joinCalls } from './join-calls.ts';

const log = pino({ level: 'silent' });

/** Doubles numbers, and notes how; negative ones are an unusual case, and 13 makes the whole lot fail. */
function openDoubling() {
  const did: string[] = [];
  const double = joinCalls<number, number>(log, {
    name: 'double',
    async together(items) {
      did.push(`together ${items.join(' ')}`);
      await wait(1);
      if (items.includes(13)) throw new Error('13 is among them');
      return items.map((item) => (item < 0 ? undefined : item * 2));
    },
    async alone(item) {
      did.push(`alone ${item}`);
      await wait(1);
      if (item === 13) throw new Error('13 can not be done');
      return item * 2;
    },
  });
  return { did, double };
}

test('joined calls / a lone one / done alone, at once', async () => {
  const { did, double } = openDoubling();
  expect(await double(3)).toBe(6);
  expect(did).toEqual(['alone 3']);
});

test('joined calls / of one moment / done together, each with its own result', async () => {
  const { did, double } = openDoubling();
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(did).toEqual(['together 1 2 3']);
});

test('joined calls / that come while others are done / make up the next lot', async () => {
  const { did, double } = openDoubling();
  await double(1);
  expect(await Promise.all([2, 3].map(double))).toEqual([4, 6]);
  expect(did).toEqual(['alone 1', 'together 2 3']);
});

test('joined calls / one whose case is unusual / is done alone, the others together', async () => {
  const { did, double } = openDoubling();
  expect(await Promise.all([1, -2, 3].map(double))).toEqual([2, -4, 6]);
  expect(did).toEqual(['together 1 -2 3', 'alone -2']);
});

test('joined calls / that can not be done together / are done one by one, and only that fails which can not be done', async () => {
  const { did, double } = openDoubling();
  const results = await Promise.allSettled([1, 13, 3].map(double));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(did).toEqual(['together 1 13 3', 'alone 1', 'alone 13', 'alone 3']);
});

test('joined calls / more than a lot holds / all are done, in several lots', async () => {
  const { did, double } = openDoubling();
  const items = Array.from({ length: 250 }, (_, index) => index + 20);
  expect(await Promise.all(items.map(double))).toEqual(items.map((item) => item * 2));
  expect(did.length).toBe(3);
});

test('joined calls / one after the other / wait for nobody', async () => {
  const { did, double } = openDoubling();
  const waiting = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => waiting.mockRestore());
  for (let item = 1; item <= 10; item += 1) await double(item);
  expect(did.length).toBe(10);
  expect(waiting).not.toHaveBeenCalled();
});
