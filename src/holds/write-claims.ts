import { isRetriable } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import type { Claim } from './jobs.ts';
import { persistHolds } from './persist-holds.ts';

/**
 * Decides a batch of claims in MySQL; gives for each the error for which it could not be decided, or null. A batch that
 * the database refused is written claim by claim, so that one bad claim does not hold up the others.
 */
export async function writeClaims(resources: Resources, claims: readonly Claim[]): Promise<unknown[]> {
  try {
    await persistHolds(resources, claims);
    return claims.map(() => null);
  } catch (error) {
    const wasRefused = error instanceof Error && 'sqlState' in error && !isRetriable(error);
    if (claims.length === 1 || !wasRefused) return claims.map(() => error);
    resources.log.warn({ err: error, claims: claims.length }, 'holds.batch-split');
    const errors: unknown[] = [];
    for (const claim of claims) errors.push(...(await writeClaims(resources, [claim])));
    return errors;
  }
}
