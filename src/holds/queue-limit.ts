import { onePer } from '../platform/one-per.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { countClaimsWaiting } from './claim-queue.ts';
import { HOLD_PROBLEMS } from './problems.ts';

const LOOK_EVERY_MS = 500;
const RETRY_AFTER_SECONDS = '5';

/** What this server knows of the queue: how long it was when it looked, and what it has added since. */
type Sight = { waiting: number; added: number; lookedAtMs: number; looking: Promise<void> | null };

const sightOf = onePer((_resources: Resources): Sight => ({
  waiting: 0,
  added: 0,
  lookedAtMs: -Infinity,
  looking: null,
}));

/**
 * Refuses a claim while as many wait as may: what comes in faster than it can be written would otherwise fill Redis, and
 * make every buyer wait for longer than their seats are held. It goes by what it saw up to half a second ago, so that a
 * claim waits for no round trip, and several servers together may pass the limit by what they add in that time.
 * @throws Problem `queue_full`.
 */
export async function requireRoomInQueue(resources: Resources): Promise<void> {
  const sight = sightOf(resources);
  if (performance.now() - sight.lookedAtMs > LOOK_EVERY_MS) {
    sight.looking ??= look(resources, sight);
    // A long time may have passed since it was full.
    if (isFull(resources, sight)) await sight.looking;
  }
  if (isFull(resources, sight)) throw queueFull();
}

/** Takes a place for a claim that is about to be queued; others may have taken the last since there was room. @throws Problem `queue_full`. */
export function takeRoomInQueue(resources: Resources): void {
  const sight = sightOf(resources);
  if (isFull(resources, sight)) throw queueFull();
  sight.added += 1;
}

function isFull({ config }: Resources, { waiting, added }: Sight): boolean {
  return waiting + added >= config.holds.claimsQueuedMax;
}

function queueFull(): Problem {
  return new Problem(
    HOLD_PROBLEMS.queue_full,
    'So many are waiting for their seats to be written that yours would take too long: try again in a moment.',
    { headers: { 'retry-after': RETRY_AFTER_SECONDS } },
  );
}

/** While Redis does not answer, what was seen last stands: a claim will hear of it when it asks for its locks. */
async function look(resources: Resources, sight: Sight): Promise<void> {
  const addedBefore = sight.added;
  try {
    sight.waiting = await countClaimsWaiting(resources);
    sight.added -= addedBefore;
  } catch (error) {
    resources.log.warn({ err: error }, 'hold.queue-not-seen');
  } finally {
    sight.lookedAtMs = performance.now();
    sight.looking = null;
  }
}
