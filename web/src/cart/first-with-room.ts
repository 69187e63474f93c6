import { ApiProblem } from '../api/problem.ts';

/** Asks for seats in one tier after the other, until one has as many as are wanted. @throws the last one's refusal. */
export async function inFirstWithRoom(
  tiers: readonly number[],
  ask: (tier: number) => Promise<void>,
): Promise<void> {
  const [tier, ...others] = tiers;
  if (tier === undefined) return;
  try {
    await ask(tier);
  } catch (error) {
    const isFull = error instanceof ApiProblem && error.code === 'not_enough_seats';
    if (!isFull || others.length === 0) throw error;
    await inFirstWithRoom(others, ask);
  }
}
