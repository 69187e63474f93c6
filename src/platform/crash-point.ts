import { channel } from 'node:diagnostics_channel';

/**
 * The places between two effects at which a process may die and leave the one without the other, by flow. `npm test`
 * kills a process at each of them; docs/failures.md says what is then on disk, and who mends it within what time.
 */
export const CRASH_POINTS = [
  // A buyer selects seats: the server, then the seat worker.
  'key.claimed',
  'hold.locked',
  'hold.queued',
  'hold.remembered',
  'key.answer-due',
  'claim.taken',
  'claim.written',
  'claim.committed',
  'claim.settled',
  'claim.replied',
  // The buyer gives them up, or lets their time run out.
  'release.committed',
  'release.unlocked',
  'strike-off.committed',
  'expiry.committed',
  'expiry.published',
  // The buyer goes to pay: the server, then the seat worker.
  'checkout.committed',
  'checkout.locked',
  'session.slot-taken',
  'session.queued',
  'session.turn-come',
  'session.locked',
  'session.created',
  'session.stored',
  'session.job-done',
  // Stripe tells of it: the server, then the seat worker.
  'webhook.verified',
  'webhook.stored',
  'webhook.queued',
  'event.session-read',
  'event.settled',
  'event.applied',
  'event.done',
  // Money becomes bookings.
  'booking.written',
  'booking.committed',
  'booking.marked',
  'booking.told',
  // What several buyers, or Stripe for them, asked for in a moment is done for all; none of them knows of it yet.
  'lot.begun',
  'lot.session-stored',
  'lot.webhook-stored',
  'lot.captured',
  'lot.booking-written',
  'lot.booked',
  'lot.marked',
  'lot.told',
  'lot.event-finished',
  // The buyer comes back from paying, or never does.
  'ending.session-ended',
  'ending.payment-closed',
  'ending.committed',
  // A booking is cancelled, and its money goes back.
  'cancel.committed',
  'cancel.told',
  'refund.queued',
  'refund.leased',
  'refund.sent',
  'refund.noted',
  // An event is called off; seats are kept off sale.
  'event-cancel.committed',
  'event-cancel.hold-ended',
  'event-cancel.booking-cancelled',
  'block.committed',
  // Seat maps are told of it: the server.
  'stream.gathered',
  // Redis is made to agree with MySQL.
  'reconcile.compared',
  'reconcile.marked',
  'reconcile.unlocked',
  'reconcile.locked',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Whoever subscribes to this channel, as a test does by a preloaded module, hears of each point that is reached. */
export const CRASH_POINT_CHANNEL = 'holdfast:crash-point';
const reached = channel(CRASH_POINT_CHANNEL);

/**
 * Says that the process is at one of those places. In production nobody listens, and nothing can be made to by any
 * setting: it is then one look at a field.
 */
export function crashPoint(name: CrashPoint): void {
  if (reached.hasSubscribers) reached.publish(name);
}
