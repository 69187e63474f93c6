import { invalidRequest, missingParam, refusedByState } from '../api-error.ts';
import { newId } from '../identifiers.ts';
import { formatAmount } from '../money.ts';
import { parseParams, type ParsedFields } from '../params.ts';
import type { ChargeRecord, RefundRecord } from '../records.ts';
import { cardOf } from '../test-cards.ts';
import { emit, noRequest, schedule, type Origin, type World } from '../world.ts';
import { list, requireInPath, requireNamed, show, type Call, type Handler } from './call.ts';

const createParams = {
  amount: 'integer',
  charge: 'string',
  payment_intent: 'string',
  currency: 'string',
  reason: { oneOf: ['duplicate', 'fraudulent', 'requested_by_customer'] },
  metadata: 'metadata',
  instructions_email: 'string',
  refund_application_fee: 'unsupported',
  reverse_transfer: 'unsupported',
  customer: 'unsupported',
  origin: 'unsupported',
} as const;

export const createRefund: Handler = (call) => {
  const params = parseParams(call.params, createParams);
  const charge = chargeToRefund(call, params);
  const amount = amountToRefund(charge, params.amount);
  const { does } = cardOf(charge).behaviour;
  const refund: RefundRecord = {
    id: newId('re_3'),
    created: call.world.clock.nowSeconds(),
    amount,
    currency: charge.currency,
    chargeId: charge.id,
    intentId: charge.intentId,
    status: does === 'refund-pending-first' ? 'pending' : 'succeeded',
    reason: params.reason ?? null,
    failureReason: null,
    metadata: params.metadata ?? {},
  };
  const refunded: ChargeRecord = {
    ...charge,
    amountRefunded: charge.amountRefunded + amount,
    refundIds: [...charge.refundIds, refund.id],
  };
  const { world, origin } = call;
  world.store.put('refund', refund);
  world.store.put('charge', refunded);
  emit(world, origin, 'refund.created', { kind: 'refund', record: refund });
  emit(
    world,
    origin,
    'charge.refunded',
    { kind: 'charge', record: refunded },
    {
      amount_refunded: charge.amountRefunded,
    },
  );
  if (does === 'refund-pending-first' || does === 'refund-fails-later') {
    schedule(world, 'settle-refund', refund.id, world.faults.settleMs);
  }
  return show(call, { kind: 'refund', record: refund });
};

export const updateRefund: Handler = (call) => {
  const { metadata } = parseParams(call.params, { metadata: 'metadata' });
  const refund = requireInPath(call, 'refund');
  const changed = { ...refund, metadata: { ...refund.metadata, ...metadata } };
  call.world.store.put('refund', changed);
  emitUpdated(call.world, call.origin, changed, { metadata: refund.metadata });
  return show(call, { kind: 'refund', record: changed });
};

/** Stripe cancels only refunds in `requires_action`, a status that no card refund has. */
export const cancelRefund: Handler = (call) => {
  parseParams(call.params, {});
  const { status } = requireInPath(call, 'refund');
  throw refusedByState(
    `Only refunds with a status of requires_action can be canceled. This refund has a status of ${status}.`,
  );
};

export const listRefunds = list({
  kind: 'refund',
  url: '/v1/refunds',
  filters: { charge: 'string', payment_intent: 'string' },
  among: (call, { charge, payment_intent: intentId }) => {
    if (charge !== undefined) return requireNamed(call, 'charge', charge, 'charge').refundIds;
    if (intentId === undefined) return undefined;
    const { chargeIds } = requireNamed(call, 'intent', intentId, 'payment_intent');
    return chargeIds.flatMap((id) => call.world.store.tables.charge.get(id)?.refundIds ?? []);
  },
});

/** What the test cards 7726 (pending, then succeeds) and 5126 (succeeds, then fails) do some time later. */
export function settleRefund(world: World, refundId: string): void {
  const refund = world.store.tables.refund.get(refundId);
  const charge = refund && world.store.tables.charge.get(refund.chargeId);
  if (refund === undefined || charge === undefined) return;
  if (refund.status === 'pending') {
    const done: RefundRecord = { ...refund, status: 'succeeded' };
    world.store.put('refund', done);
    emitUpdated(world, noRequest, done, { status: 'pending' });
    return;
  }
  const failed: RefundRecord = { ...refund, status: 'failed', failureReason: 'expired_or_canceled_card' };
  world.store.put('refund', failed);
  world.store.put('charge', { ...charge, amountRefunded: charge.amountRefunded - refund.amount });
  emitUpdated(world, noRequest, failed, { status: refund.status });
  emit(world, noRequest, 'refund.failed', { kind: 'refund', record: failed });
}

/** Both names under which Stripe tells of it; the second is the older one. */
function emitUpdated(
  world: World,
  origin: Origin,
  refund: RefundRecord,
  previous: Readonly<Record<string, unknown>>,
): void {
  emit(world, origin, 'refund.updated', { kind: 'refund', record: refund }, previous);
  emit(world, origin, 'charge.refund.updated', { kind: 'refund', record: refund }, previous);
}

function chargeToRefund(call: Call, params: ParsedFields<typeof createParams>): ChargeRecord {
  if (params.charge !== undefined) return requireNamed(call, 'charge', params.charge, 'charge');
  if (params.payment_intent === undefined) throw missingParam('payment_intent');
  const intent = requireNamed(call, 'intent', params.payment_intent, 'payment_intent');
  const charge = call.world.store.tables.charge.get(intent.chargeIds.at(-1) ?? '');
  if (intent.status === 'succeeded' && charge !== undefined) return charge;
  throw refusedByState(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
    param: 'payment_intent',
  });
}

function amountToRefund(charge: ChargeRecord, asked: number | undefined): number {
  if (charge.status !== 'succeeded') throw refusedByState(`Charge ${charge.id} did not succeed.`);
  if (charge.disputeId !== null) {
    throw refusedByState(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  const left = charge.amount - charge.amountRefunded;
  if (left === 0) {
    throw refusedByState(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  }
  const amount = asked ?? left;
  if (amount < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
  }
  if (amount > left) {
    const [wanted, rest] = [formatAmount(amount, charge.currency), formatAmount(left, charge.currency)];
    throw refusedByState(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${rest})`, {
      param: 'amount',
    });
  }
  return amount;
}
