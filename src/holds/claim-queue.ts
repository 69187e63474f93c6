import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import { type Claim, HOLD_CLAIMED } from './jobs.ts';
import { packClaims } from './pack-claims.ts';

const CLAIMS_PER_JOB_MAX = 100;

type Waiting = { readonly claim: Claim; readonly added: PromiseWithResolvers<string> };
type Gathering = { readonly waiting: Waiting[]; isAdding: boolean };

const gatheringOf = onePer((_resources: Resources): Gathering => ({ waiting: [], isAdding: false }));

/**
 * Queues a claim, and gives the id of its job. Claims that come while a job is being added make up the next one, since a
 * job costs Redis and both processes more than the claims in it: a lone claim is queued at once, and in a rush a job
 * carries dozens.
 * @throws when the job could not be added; no claim in it is queued then, as far as Redis could say.
 */
export function queueClaim(resources: Resources, claim: Claim): Promise<string> {
  const gathering = gatheringOf(resources);
  const added = Promise.withResolvers<string>();
  gathering.waiting.push({ claim, added });
  if (!gathering.isAdding) void addGathered(resources, gathering);
  return added.promise;
}

async function addGathered({ queues }: Resources, gathering: Gathering): Promise<void> {
  gathering.isAdding = true;
  // The locks of many claims are answered by Redis at once.
  await turnOfTheLoop();
  while (gathering.waiting.length > 0) {
    const group = gathering.waiting.splice(0, CLAIMS_PER_JOB_MAX);
    const claims = group.map(({ claim }) => claim);
    const jobId = jobIdOf(claims);
    try {
      await queues.add(HOLD_CLAIMED, { groups: packClaims(claims) }, { jobId });
      for (const { added } of group) added.resolve(jobId);
    } catch (error) {
      // Who waited for this one would wait as long again, and for the same.
      for (const { added } of [...group, ...gathering.waiting.splice(0)]) added.reject(error);
    }
  }
  gathering.isAdding = false;
}

/** How many claims wait to be taken by a seat worker, now or later. */
export async function countClaimsWaiting({ queues }: Pick<Resources, 'queues'>): Promise<number> {
  const jobIds = await queues.listWaiting(HOLD_CLAIMED.queue);
  return jobIds.reduce((sum, jobId) => sum + claimsIn(jobId), 0);
}

/** The first claim's id makes it one of a kind; the number of claims is told so that the queue can be measured by ids alone. */
function jobIdOf(claims: readonly Claim[]): string {
  return `${claims[0]?.claimId}-${claims.length}`;
}

/** How many claims the job carries. */
export function claimsIn(jobId: string): number {
  return Number(jobId.slice(jobId.lastIndexOf('-') + 1)) || 1;
}
