import type { Resources } from '../resources.ts';
import { StripeFailure } from './stripe-failure.ts';
import { type SessionFacts, endSession, retrieveSession } from './stripe-sessions.ts';

/**
 * - `expired`: it can never be paid any more; the only answer on which seats may be freed
 * - `paid`: the money is there; `processing`: the buyer is done, and the money may still come
 * - `unknown`: Stripe did not say; nothing may be concluded
 */
export type ExpiryOutcome = 'expired' | 'paid' | 'processing' | 'unknown';

/** How long after its own end a session that Stripe no longer knows counts as ended. */
const GRACE_MS = 2 * 60_000;

/**
 * Asks Stripe to end a session. Stripe decides the race between the buyer who pays and us who give up: this call is
 * the commit point. It never throws for a Stripe that is away: that is `unknown`.
 */
export async function expireSession(
  resources: Resources,
  session: { sessionId: string; expiresAt: Date | null },
): Promise<ExpiryOutcome> {
  try {
    return wordOn(await endSession(resources, session.sessionId));
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    if (error.isTransient) return 'unknown';
  }
  return askAgain(resources, session);
}

/** Stripe refuses to end a session that is not open: then it says what it is instead. */
async function askAgain(
  resources: Resources,
  session: { sessionId: string; expiresAt: Date | null },
): Promise<ExpiryOutcome> {
  try {
    return wordOn(await retrieveSession(resources, session.sessionId));
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    const isOver =
      session.expiresAt !== null && resources.clock.nowMs() > session.expiresAt.getTime() + GRACE_MS;
    return error.code === 'resource_missing' && isOver ? 'expired' : 'unknown';
  }
}

function wordOn(session: SessionFacts): ExpiryOutcome {
  if (session.status === 'expired') return 'expired';
  if (session.status === 'open') return 'unknown';
  if (session.isPaid) return 'paid';
  return session.hasFailed ? 'expired' : 'processing';
}
