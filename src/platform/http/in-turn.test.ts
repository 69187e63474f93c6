import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTurns } from './in-turn.ts';

test('openTurns / far more at once than one turn does / the rest of the program runs in between, and each is done once, in order', async () => {
  const putOff = openTurns();
  const done: number[] = [];
  const count = 1_000;
  for (let index = 0; index < count; index += 1) putOff(() => done.push(index));
  await turnOfTheLoop();
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(count / 2);
  while (done.length < count) await turnOfTheLoop();
  putOff(() => done.push(count));
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(done).toEqual(Array.from({ length: count + 1 }, (_, index) => index));
});
