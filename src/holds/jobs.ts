import { z } from 'zod';
import { defineJob } from '../platform/job-queue.ts';

/** What the claims of a moment have in common. */
const Terms = z.object({
  eventId: z.string(),
  ttlMs: z.int(),
  totalMs: z.int(),
  seatsPerBuyerMax: z.int(),
  /** The server that waits for the outcome; null: none does, its buyer has been answered 202. */
  replyTo: z.string().nullable(),
});
const Own = z.object({
  /** This call; the id of the hold too, if the claim opens one. */
  claimId: z.string(),
  userId: z.string(),
  seatIds: z.array(z.int()),
});

/** A buyer's claim on seats whose Redis locks it has won, to be written to MySQL. */
export type Claim = z.output<typeof Terms> &
  z.output<typeof Own> & {
    /** The token that the Redis locks carry: of a claim that opens a hold its own id. */
    readonly token: string;
  };

/**
 * Claims as a job carries them. What all of them would repeat is told once: each byte of a job is written, parsed, kept,
 * logged to disk and read again in a rush.
 */
const Claims = z.object({
  terms: Terms,
  claims: z.array(Own.extend({ token: z.string().optional() })),
});
export type Claims = z.output<typeof Claims>;

/** Claims that one server has won at about the same time, those on the same terms together. */
export const HOLD_CLAIMED = defineJob({
  name: 'hold.claimed',
  queue: 'seat-selection',
  schema: z.object({ groups: z.array(Claims) }),
  triesMax: 8,
  backoffMs: 250,
});

const Held = z.object({ outcome: z.literal('held'), holdId: z.string() });
const Rejected = z.object({
  outcome: z.literal('rejected'),
  holdId: z.string(),
  reason: z.enum(['seats_taken', 'hold_in_checkout', 'too_many_seats', 'unknown_seats', 'released']),
  seatIds: z.array(z.int()),
});
/** What became of a claim; what the worker answers, and what `holds` and `hold_claims` remember. */
export const ClaimOutcomeSchema = z.discriminatedUnion('outcome', [Held, Rejected]);
export type ClaimOutcome = z.output<typeof ClaimOutcomeSchema>;
export type RejectionReason = Extract<ClaimOutcome, { outcome: 'rejected' }>['reason'];

/** The answer to the waiting server: enough to tell the buyer without another query. */
export const ClaimReplySchema = z.discriminatedUnion('outcome', [
  Held.extend({
    /** All seats of the hold after this claim, and its expiry. */
    hold: z.object({ seatIds: z.array(z.int()), expiresAtMs: z.number() }).optional(),
  }),
  Rejected,
]);
export type ClaimReply = z.output<typeof ClaimReplySchema>;
