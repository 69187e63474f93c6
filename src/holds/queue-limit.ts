import { type ComeAgain, openComeAgain } from '../platform/come-again.ts';
import { onePer } from '../platform/one-per.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { countClaimsWaiting } from './claim-queue.ts';
import { HOLD_PROBLEMS } from './problems.ts';

const LOOK_EVERY_MS = 500;
/** As long as a full queue takes to be written, or less: so many a second can be taken from those who were refused. */
const WRITTEN_WITHIN_SECONDS = 20;

/** What this server knows of the queue: how long it was when it looked, and what it has added since. */
type Sight = {
  waiting: number;
  added: number;
  lookedAtMs: number;
  looking: Promise<void> | null;
  readonly comeAgain: ComeAgain;
};

const sightOf = onePer(({ config }: Resources): Sight => ({
  waiting: 0,
  added: 0,
  lookedAtMs: -Infinity,
  looking: null,
  comeAgain: openComeAgain(config.holds.claimsQueuedMax / WRITTEN_WITHIN_SECONDS),
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
  if (isFull(resources, sight)) throw queueFull(sight);
}

/** Takes a place for a claim that is about to be queued; others may have taken the last since there was room. @throws Problem `queue_full`. */
export function takeRoomInQueue(resources: Resources): void {
  const sight = sightOf(resources);
  if (isFull(resources, sight)) throw queueFull(sight);
  sight.added += 1;
}

function isFull({ config }: Resources, { waiting, added }: Sight): boolean {
  return waiting + added >= config.holds.claimsQueuedMax;
}

function queueFull({ comeAgain }: Sight): Problem {
  return new Problem(
    HOLD_PROBLEMS.queue_full,
    'So many are waiting for their seats to be written that yours would take too long: try again in a moment.',
    { headers: { 'retry-after': String(comeAgain(performance.now())) } },
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
