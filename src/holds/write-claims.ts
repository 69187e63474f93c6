import { isRetriable } from '../platform/mysql.ts';
import { piecesOf } from '../platform/pieces.ts';
import type { Resources } from '../resources.ts';
import type { Claim, Claims } from './jobs.ts';
import { unpackClaims } from './pack-claims.ts';
import { persistHolds } from './persist-holds.ts';

/**
 * As many as one transaction is to write: more make it no cheaper, and buyers wait for it together, while the servers have
 * nothing to do.
 */
export const CLAIMS_AT_ONCE = 100;

/**
 * Decides the claims of a batch of jobs in MySQL; gives for each job the error for which one of its claims could not be
 * decided, or null. Such a job may be run again whole: the claims in it that were decided stay as they are.
 */
export async function writeClaims(
  resources: Resources,
  jobs: readonly { readonly groups: readonly Claims[] }[],
): Promise<unknown[]> {
  const byJob = jobs.map(({ groups }) => unpackClaims(groups));
  const all = byJob.flat();
  const errors: unknown[] = [];
  for (const claims of piecesOf(all, CLAIMS_AT_ONCE))
    errors.push(...(await writeTogether(resources, claims)));
  let from = 0;
  return byJob.map((claims) => {
    const ofJob = errors.slice(from, (from += claims.length));
    return ofJob.find((error) => error !== null) ?? null;
  });
}

/** A batch that the database refused is written claim by claim, so that one bad claim does not hold up the others. */
async function writeTogether(resources: Resources, claims: readonly Claim[]): Promise<unknown[]> {
  try {
    await persistHolds(resources, claims);
    return claims.map(() => null);
  } catch (error) {
    const wasRefused = error instanceof Error && 'sqlState' in error && !isRetriable(error);
    if (claims.length === 1 || !wasRefused) return claims.map(() => error);
    resources.log.warn({ err: error, claims: claims.length }, 'holds.batch-split');
    const errors: unknown[] = [];
    for (const claim of claims) errors.push(...(await writeTogether(resources, [claim])));
    return errors;
  }
}
