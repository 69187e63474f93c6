import { refusedByState } from './api-error.ts';
import { newId } from './identifiers.ts';
import { pay, type Payment } from './payments.ts';
import type { EventRecord, IntentRecord, MethodRecord, SessionRecord } from './records.ts';
import { emit, noRequest, type Origin, type World } from './world.ts';

/** How an attempt to pay a session ended. */
export type Checkout =
  | { readonly result: 'complete'; readonly session: SessionRecord; readonly event: EventRecord }
  | { readonly result: 'not-open'; readonly session: SessionRecord }
  | (Exclude<Payment, { result: 'succeeded' }> & { readonly session: SessionRecord });

/**
 * Pays an open session; the hosted page, `/v1/payment_pages` and the control all come here. Call it within a
 * transaction: paying, expiring and the timer exclude each other because each runs as one.
 */
export function paySession(
  world: World,
  origin: Origin,
  sessionId: string,
  method: MethodRecord,
  authenticated = false,
): Checkout {
  const session = requireSession(world, sessionId);
  if (session.status !== 'open') return { result: 'not-open', session };
  if (session.amountTotal === 0) return complete(world, origin, session, method, null);
  const payment = pay(world, origin, intentOf(world, origin, session), method, authenticated);
  if (payment.result === 'succeeded') return complete(world, origin, session, method, payment.intent);
  const kept: SessionRecord = { ...session, intentId: payment.intent.id, buyer: method.billing };
  world.store.put('session', kept);
  return { ...payment, session: kept };
}

/** Expires an open session, and cancels what an earlier attempt to pay it left. Throws ApiError if it isn't open. */
export function expireSession(world: World, origin: Origin, sessionId: string): SessionRecord {
  const session = requireSession(world, sessionId);
  if (session.status !== 'open') {
    throw refusedByState(
      'Only Checkout Sessions with a status in ["open"] can be expired. ' +
        `This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const expired: SessionRecord = { ...session, status: 'expired' };
  world.store.put('session', expired);
  cancelIntent(world, origin, session);
  emit(world, origin, 'checkout.session.expired', { kind: 'session', record: expired });
  return expired;
}

/** The timer's: expires the session if it is still open. Within a transaction. */
export function expireSessionIfDue(world: World, sessionId: string): void {
  const session = world.store.tables.session.get(sessionId);
  if (session?.status === 'open' && session.expiresAt <= world.clock.nowSeconds()) {
    expireSession(world, noRequest, sessionId);
  }
}

function complete(
  world: World,
  origin: Origin,
  session: SessionRecord,
  method: MethodRecord,
  intent: IntentRecord | null,
): Checkout {
  const paid: SessionRecord = {
    ...session,
    status: 'complete',
    paymentStatus: intent === null ? 'no_payment_required' : 'paid',
    intentId: intent?.id ?? null,
    buyer: { ...method.billing, email: method.billing.email ?? session.customerEmail },
  };
  world.store.put('session', paid);
  const event = emit(world, origin, 'checkout.session.completed', { kind: 'session', record: paid });
  return { result: 'complete', session: paid, event };
}

/** The intent of an earlier attempt, or a new one: Stripe makes it when the buyer first presses pay. */
function intentOf(world: World, origin: Origin, session: SessionRecord): IntentRecord {
  const known = session.intentId === null ? undefined : world.store.tables.intent.get(session.intentId);
  if (known !== undefined) return known;
  const intent: IntentRecord = {
    id: newId('pi_3'),
    created: world.clock.nowSeconds(),
    amount: session.amountTotal,
    currency: session.currency,
    status: 'requires_payment_method',
    sessionId: session.id,
    chargeIds: [],
    methodId: null,
    customerId: session.customerId,
    ...session.intentData,
    failure: null,
    canceledAt: null,
    cancellationReason: null,
  };
  world.store.put('intent', intent);
  emit(world, origin, 'payment_intent.created', { kind: 'intent', record: intent });
  return intent;
}

function cancelIntent(world: World, origin: Origin, session: SessionRecord): void {
  const intent = session.intentId === null ? undefined : world.store.tables.intent.get(session.intentId);
  if (intent === undefined || intent.status === 'succeeded') return;
  const canceled: IntentRecord = {
    ...intent,
    status: 'canceled',
    canceledAt: world.clock.nowSeconds(),
    cancellationReason: 'automatic',
  };
  world.store.put('intent', canceled);
  emit(world, origin, 'payment_intent.canceled', { kind: 'intent', record: canceled });
}

function requireSession(world: World, sessionId: string): SessionRecord {
  const session = world.store.tables.session.get(sessionId);
  if (session === undefined) throw new Error(`no session ${sessionId}; callers look it up first`);
  return session;
}
