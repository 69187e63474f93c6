import type { CrashPoint } from '../../../src/platform/crash-point.ts';
import type { UnitKind } from '../../../tools/drill/system/unit.ts';
import type { SCENARIOS } from './scenarios.ts';

export type Case = { readonly kind: UnitKind; readonly scenario: keyof typeof SCENARIOS };

const inServer = (scenario: Case['scenario']): Case => ({ kind: 'server', scenario });
const inSeatWorker = (scenario: Case['scenario']): Case => ({ kind: 'seat-worker', scenario });
const inCleanupWorker = (scenario: Case['scenario']): Case => ({ kind: 'cleanup-worker', scenario });

/** Which process dies at each point, and what brings it there. */
export const CASES: Readonly<Record<CrashPoint, Case>> = {
  'key.claimed': inServer('holds and gives them up'),
  'hold.locked': inServer('holds and gives them up'),
  'hold.queued': inServer('holds and gives them up'),
  'hold.remembered': inServer('holds without waiting'),
  'key.answer-due': inServer('holds and gives them up'),
  'claim.taken': inSeatWorker('holds and gives them up'),
  'claim.written': inSeatWorker('holds and gives them up'),
  'claim.committed': inSeatWorker('holds and gives them up'),
  'claim.settled': inSeatWorker('holds and gives them up'),
  'claim.replied': inSeatWorker('holds and gives them up'),
  'release.committed': inServer('holds and releases'),
  'release.unlocked': inServer('holds and releases'),
  'strike-off.committed': inServer('gives up what is still queued'),
  'expiry.committed': inCleanupWorker('lets the time run out'),
  'expiry.published': inCleanupWorker('lets the time run out'),
  'checkout.committed': inServer('goes to pay and pays'),
  'checkout.locked': inServer('goes to pay and pays'),
  'session.slot-taken': inServer('goes to pay and pays'),
  'session.queued': inServer('waits for a turn to pay'),
  'session.turn-come': inSeatWorker('waits for a turn to pay'),
  'session.locked': inSeatWorker('waits for a turn to pay'),
  'session.created': inServer('goes to pay and pays'),
  'session.stored': inServer('goes to pay and pays'),
  'session.job-done': inSeatWorker('waits for a turn to pay'),
  'webhook.verified': inServer('pays'),
  'webhook.stored': inServer('pays'),
  'webhook.queued': inServer('pays'),
  'event.session-read': inSeatWorker('pays'),
  'event.settled': inSeatWorker('pays'),
  'event.applied': inSeatWorker('pays'),
  'event.done': inSeatWorker('pays'),
  'booking.written': inSeatWorker('pays'),
  'booking.committed': inSeatWorker('pays'),
  'booking.marked': inSeatWorker('pays'),
  'booking.told': inSeatWorker('pays'),
  'ending.session-ended': inServer('goes back from paying'),
  'ending.payment-closed': inServer('goes back from paying'),
  'ending.committed': inServer('goes back from paying'),
  'cancel.committed': inServer('cancels what was bought'),
  'cancel.told': inServer('cancels what was bought'),
  'refund.queued': inServer('cancels what was bought'),
  'refund.leased': inSeatWorker('cancels what was bought'),
  'refund.sent': inSeatWorker('cancels what was bought'),
  'refund.noted': inSeatWorker('cancels what was bought'),
  'event-cancel.committed': inServer('event is called off'),
  'event-cancel.hold-ended': inSeatWorker('event is called off'),
  'event-cancel.booking-cancelled': inSeatWorker('event is called off'),
  'block.committed': inServer('seats are kept off sale'),
  'stream.gathered': inServer('is watched'),
  'reconcile.compared': inCleanupWorker('Redis forgets'),
  'reconcile.marked': inCleanupWorker('Redis forgets'),
  'reconcile.unlocked': inCleanupWorker('Redis forgets'),
  'reconcile.locked': inCleanupWorker('Redis forgets'),
};
