import { ApiError, notInStandIn, noSuch } from './api-error.ts';
import { newId } from './identifiers.ts';
import type { BillingRecord, ChargeRecord, FailureRecord, IntentRecord, MethodRecord } from './records.ts';
import { intentShape, methodShape } from './shapes/payment.ts';
import { cardOf, findCardByName, type TestCard } from './test-cards.ts';
import { emit, schedule, type Origin, type World } from './world.ts';

/** How an attempt to pay ended; the intent is as it is after it. */
export type Payment =
  | { readonly result: 'succeeded'; readonly intent: IntentRecord }
  | { readonly result: 'declined'; readonly intent: IntentRecord; readonly failure: FailureRecord }
  | { readonly result: 'needs-authentication'; readonly intent: IntentRecord };

/**
 * Charges a payment method for an intent: the one path by which money "moves", whether the hosted page, the
 * API or a control asks. Call it within a transaction. `authenticated` says that the 3D Secure step was done.
 */
export function pay(
  world: World,
  origin: Origin,
  intent: IntentRecord,
  method: MethodRecord,
  authenticated = false,
): Payment {
  const { behaviour } = cardOf(method);
  if (behaviour.does === 'authenticate' && !authenticated) {
    const waiting: IntentRecord = {
      ...intent,
      status: 'requires_action',
      methodId: method.id,
      failure: null,
    };
    world.store.put('intent', waiting);
    emit(world, origin, 'payment_intent.requires_action', { kind: 'intent', record: waiting });
    return { result: 'needs-authentication', intent: waiting };
  }
  if (behaviour.does === 'decline') return decline(world, origin, intent, method, behaviour);
  const charge = newCharge(world, intent, method, null);
  const paid: IntentRecord = {
    ...intent,
    status: 'succeeded',
    methodId: method.id,
    chargeIds: [...intent.chargeIds, charge.id],
    failure: null,
  };
  world.store.put('charge', charge);
  world.store.put('intent', paid);
  emit(world, origin, 'charge.succeeded', { kind: 'charge', record: charge });
  emit(world, origin, 'payment_intent.succeeded', { kind: 'intent', record: paid });
  if (behaviour.does === 'dispute') schedule(world, 'open-dispute', charge.id, world.faults.settleMs);
  return { result: 'succeeded', intent: paid };
}

interface Decline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
}

/** The charge fails; the intent waits for another payment method. */
export function decline(
  world: World,
  origin: Origin,
  intent: IntentRecord,
  method: MethodRecord,
  why: Decline,
): Extract<Payment, { result: 'declined' }> {
  const chargeId = newId('ch_3');
  const failure = { code: why.code, declineCode: why.declineCode, message: why.message, chargeId };
  const charge: ChargeRecord = { ...newCharge(world, intent, method, failure), id: chargeId };
  const failed: IntentRecord = {
    ...intent,
    status: 'requires_payment_method',
    methodId: null,
    chargeIds: [...intent.chargeIds, chargeId],
    failure,
  };
  world.store.put('charge', charge);
  world.store.put('intent', failed);
  emit(world, origin, 'charge.failed', { kind: 'charge', record: charge });
  emit(world, origin, 'payment_intent.payment_failed', { kind: 'intent', record: failed });
  return { result: 'declined', intent: failed, failure };
}

/** What the API answers to a decline: 402 `card_error`, kept under the idempotency key. */
export function declineError(failure: FailureRecord, intent: IntentRecord, method: MethodRecord): ApiError {
  return new ApiError(
    402,
    {
      type: 'card_error',
      code: failure.code,
      message: failure.message,
      charge: failure.chargeId,
      ...(failure.declineCode === null ? {} : { decline_code: failure.declineCode }),
      payment_intent: intentShape(intent),
      payment_method: methodShape(method),
    },
    true,
  );
}

const nobody: BillingRecord = { email: null, name: null, country: null, postalCode: null };

export function createMethod(
  world: World,
  card: TestCard,
  billing: BillingRecord,
  expiry: { month: number; year: number } = { month: 12, year: 2034 },
): MethodRecord {
  const method: MethodRecord = {
    id: newId('pm_1'),
    created: world.clock.nowSeconds(),
    card: card.number,
    expMonth: expiry.month,
    expYear: expiry.year,
    billing,
    metadata: {},
  };
  world.store.put('method', method);
  return method;
}

/** A payment method by its id, or a new one for a test name such as `pm_card_visa`. Throws ApiError. */
export function requireMethod(world: World, id: string, param = 'payment_method'): MethodRecord {
  const known = world.store.tables.method.get(id);
  if (known !== undefined) return known;
  const card = findCardByName(id);
  if (card !== undefined) return createMethod(world, card, nobody);
  if (id.startsWith('pm_card_')) throw notInStandIn(`the test payment method ${id}`, param);
  throw noSuch('PaymentMethod', id, param);
}

function newCharge(
  world: World,
  intent: IntentRecord,
  method: MethodRecord,
  failure: FailureRecord | null,
): ChargeRecord {
  return {
    id: newId('ch_3'),
    created: world.clock.nowSeconds(),
    amount: intent.amount,
    currency: intent.currency,
    status: failure === null ? 'succeeded' : 'failed',
    intentId: intent.id,
    methodId: method.id,
    card: method.card,
    amountRefunded: 0,
    refundIds: [],
    disputeId: null,
    failure,
    billing: method.billing,
    customerId: intent.customerId,
    description: intent.description,
    receiptEmail: intent.receiptEmail,
    metadata: intent.metadata,
  };
}
