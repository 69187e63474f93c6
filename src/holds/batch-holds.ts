import { isRetriable } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import type { Claim } from './jobs.ts';
import { persistHolds } from './persist-holds.ts';

export type HoldBatcher = {
  /** Resolves when the claim is decided in MySQL; rejects when it could not be, and nothing was changed. */
  add(claim: Claim): Promise<void>;
};

const CLAIMS_PER_BATCH_MAX = 200;

type Waiting = {
  readonly claim: Claim;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Gathers claims into batches without a timer: a lone claim is written at once, and those that arrive while a batch is
 * being written make up the next one. So batches grow with the load, and nobody waits for company.
 */
export function openHoldBatcher(resources: Resources): HoldBatcher {
  let waiting: Waiting[] = [];
  let isWriting = false;

  const writeAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, CLAIMS_PER_BATCH_MAX);
      waiting = waiting.slice(CLAIMS_PER_BATCH_MAX);
      await write(resources, batch);
    }
    isWriting = false;
  };
  return {
    add(claim) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ claim, resolve, reject });
      if (!isWriting) {
        isWriting = true;
        // After this turn of the event loop, so that claims that came together go together.
        setImmediate(() => void writeAll());
      }
      return promise;
    },
  };
}

/** A batch that the database refused is written claim by claim, so that one bad claim does not hold up the others. */
async function write(resources: Resources, batch: readonly Waiting[]): Promise<void> {
  try {
    await persistHolds(
      resources,
      batch.map(({ claim }) => claim),
    );
    for (const { resolve } of batch) resolve();
  } catch (error) {
    const wasRefused = error instanceof Error && 'sqlState' in error && !isRetriable(error);
    if (batch.length === 1 || !wasRefused) {
      for (const { reject } of batch) reject(error);
      return;
    }
    resources.log.warn({ err: error, claims: batch.length }, 'holds.batch-split');
    for (const one of batch) await write(resources, [one]);
  }
}
