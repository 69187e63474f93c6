import { refusedByState } from '../api-error.ts';
import { newId } from '../identifiers.ts';
import { parseParams } from '../params.ts';
import type { DisputeRecord } from '../records.ts';
import { cardOf } from '../test-cards.ts';
import { emit, noRequest, type Origin, type World } from '../world.ts';
import { list, requireInPath, show, type Handler } from './call.ts';

/** The bank takes a payment back: what the test card 0259 does some time after it was charged. */
export function openDispute(world: World, chargeId: string): void {
  const charge = world.store.tables.charge.get(chargeId);
  if (charge === undefined || charge.disputeId !== null) return;
  const { behaviour, brand } = cardOf(charge);
  const inquiry = behaviour.does === 'dispute' && behaviour.inquiry;
  const dispute: DisputeRecord = {
    id: newId('du_1'),
    created: world.clock.nowSeconds(),
    amount: charge.amount,
    currency: charge.currency,
    chargeId,
    intentId: charge.intentId,
    cardBrand: brand,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
    evidenceText: null,
    metadata: {},
  };
  world.store.put('dispute', dispute);
  world.store.put('charge', { ...charge, disputeId: dispute.id });
  emit(world, noRequest, 'charge.dispute.created', { kind: 'dispute', record: dispute });
  if (!inquiry)
    emit(world, noRequest, 'charge.dispute.funds_withdrawn', { kind: 'dispute', record: dispute });
}

/** Accepting it: the dispute is lost. */
export const closeDispute: Handler = (call) => {
  parseParams(call.params, {});
  const dispute = requireOpen(requireInPath(call, 'dispute'));
  const status = dispute.status === 'needs_response' ? 'lost' : 'warning_closed';
  const closed: DisputeRecord = { ...dispute, status };
  end(call.world, call.origin, closed, dispute.status);
  return show(call, { kind: 'dispute', record: closed });
};

/**
 * Evidence decides at once, by Stripe's magic words (docs.stripe.com/testing#evidence): the text
 * `winning_evidence` wins the dispute, `losing_evidence` loses it, anything else leaves it open.
 */
export const updateDispute: Handler = (call) => {
  const { evidence, metadata } = parseParams(call.params, {
    evidence: { fields: { uncategorized_text: 'string' } },
    submit: 'boolean',
    metadata: 'metadata',
  });
  const dispute = requireOpen(requireInPath(call, 'dispute'));
  const text = evidence?.uncategorized_text ?? dispute.evidenceText;
  const told = { ...dispute, evidenceText: text, metadata: { ...dispute.metadata, ...metadata } };
  const decided = text === 'winning_evidence' ? 'won' : text === 'losing_evidence' ? 'lost' : dispute.status;
  const changed: DisputeRecord = { ...told, status: decided };
  if (decided === 'won' || decided === 'lost') end(call.world, call.origin, changed, dispute.status);
  else {
    call.world.store.put('dispute', changed);
    emit(call.world, call.origin, 'charge.dispute.updated', { kind: 'dispute', record: changed });
  }
  return show(call, { kind: 'dispute', record: changed });
};

export const listDisputes = list({
  kind: 'dispute',
  url: '/v1/disputes',
  filters: { charge: 'string', payment_intent: 'string' },
  keep: (dispute, { charge, payment_intent: intent }) =>
    (charge === undefined || dispute.chargeId === charge) &&
    (intent === undefined || dispute.intentId === intent),
});

function end(world: World, origin: Origin, dispute: DisputeRecord, before: string): void {
  world.store.put('dispute', dispute);
  if (dispute.status === 'won') {
    emit(world, origin, 'charge.dispute.funds_reinstated', { kind: 'dispute', record: dispute });
  }
  emit(world, origin, 'charge.dispute.closed', { kind: 'dispute', record: dispute }, { status: before });
}

function requireOpen(dispute: DisputeRecord): DisputeRecord {
  if (dispute.status === 'needs_response' || dispute.status === 'warning_needs_response') return dispute;
  throw refusedByState(`This dispute is already closed.`);
}
