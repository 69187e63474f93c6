import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import { hashPassword, isPasswordOf } from './password-hash.ts';

test('hash / of a password / is bcrypt of cost 12, and belongs to that password alone', async () => {
  const hash = await hashPassword('a pencil and a plan');
  expect(hash).toMatch(/^\$2b\$12\$/);
  expect(await isPasswordOf(hash, 'a pencil and a plan')).toBe(true);
  expect(await isPasswordOf(hash, 'a pencil and a plan ')).toBe(false);
  expect(await isPasswordOf(null, 'a pencil and a plan')).toBe(false);
});

test('hash / being computed / leaves the event loop free', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  await hashPassword('a pencil and a plan');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

test('hash / too many waiting / refused at once as unavailable', async () => {
  const threads = Math.max(1, Math.min(4, availableParallelism() - 1));
  const tries = Array.from({ length: threads * 65 + 1 }, () => isPasswordOf(null, 'a pencil and a plan'));
  const refused = await Promise.race(
    tries.map((attempt) => attempt.then(() => 'compared').catch((error: unknown) => error)),
  );
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({ kind: PROBLEMS.unavailable });
});
