import { invalidRequest, missingParam, refusedByState } from '../api-error.ts';
import { newId } from '../identifiers.ts';
import { requireAmountInRange, requireCurrency } from '../money.ts';
import { parseParams, type Fields, type ParsedFields } from '../params.ts';
import { declineError, pay, requireMethod } from '../payments.ts';
import type { IntentRecord } from '../records.ts';
import { emit } from '../world.ts';
import { list, requireInPath, requireNamed, show, type Call, type Handler } from './call.ts';

const confirmParams = {
  payment_method: 'string',
  return_url: 'string',
  off_session: 'boolean',
  receipt_email: 'string',
  error_on_requires_action: 'boolean',
  use_stripe_sdk: 'boolean',
  payment_method_options: 'any',
  mandate_data: 'any',
  setup_future_usage: 'any',
  shipping: 'any',
} as const satisfies Fields;
const createParams = {
  ...confirmParams,
  amount: 'integer',
  currency: 'string',
  confirm: 'boolean',
  customer: 'string',
  description: 'string',
  metadata: 'metadata',
  automatic_payment_methods: { fields: { enabled: 'boolean', allow_redirects: 'string' } },
  allowed_payment_method_types: { list: 'string' },
  // Until 2026-09 it named the methods; the command-line client's fixtures still send it.
  payment_method_types: { list: 'string' },
  capture_method: { oneOf: ['automatic', 'automatic_async'] },
  confirmation_method: { oneOf: ['automatic'] },
  statement_descriptor: 'string',
  statement_descriptor_suffix: 'string',
} as const satisfies Fields;

export const createIntent: Handler = (call) => {
  const params = parseParams(call.params, createParams);
  if (params.amount === undefined) throw missingParam('amount');
  if (params.currency === undefined) throw missingParam('currency');
  const currency = requireCurrency(params.currency, 'currency');
  requireAmountInRange(params.amount, currency, 'intent');
  if (params.customer !== undefined) requireNamed(call, 'customer', params.customer, 'customer');
  const method =
    params.payment_method === undefined ? null : requireMethod(call.world, params.payment_method);
  const intent: IntentRecord = {
    id: newId('pi_3'),
    created: call.world.clock.nowSeconds(),
    amount: params.amount,
    currency,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    sessionId: null,
    chargeIds: [],
    methodId: method?.id ?? null,
    ...describedBy(params),
    failure: null,
    canceledAt: null,
    cancellationReason: null,
  };
  call.world.store.put('intent', intent);
  emit(call.world, call.origin, 'payment_intent.created', { kind: 'intent', record: intent });
  return params.confirm === true ? confirmWith(call, intent, undefined) : shown(call, intent);
};

function describedBy(
  params: ParsedFields<typeof createParams>,
): Pick<IntentRecord, 'customerId' | 'description' | 'receiptEmail' | 'metadata'> {
  return {
    customerId: params.customer ?? null,
    description: params.description ?? null,
    receiptEmail: params.receipt_email ?? null,
    metadata: params.metadata ?? {},
  };
}

export const confirmIntent: Handler = (call) => {
  const params = parseParams(call.params, confirmParams);
  return confirmWith(call, requireInPath(call, 'intent'), params.payment_method);
};

export const cancelIntent: Handler = (call) => {
  const { cancellation_reason: reason } = parseParams(call.params, {
    cancellation_reason: { oneOf: ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] },
  });
  const intent = requireInPath(call, 'intent');
  refuseIfCheckouts(intent, 'cancel');
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedState('cancel', intent.status);
  }
  const canceled: IntentRecord = {
    ...intent,
    status: 'canceled',
    canceledAt: call.world.clock.nowSeconds(),
    cancellationReason: reason ?? null,
  };
  call.world.store.put('intent', canceled);
  emit(call.world, call.origin, 'payment_intent.canceled', { kind: 'intent', record: canceled });
  return shown(call, canceled);
};

export const listIntents = list({
  kind: 'intent',
  url: '/v1/payment_intents',
  filters: { customer: 'string' },
  keep: (intent, { customer }) => customer === undefined || intent.customerId === customer,
});

function confirmWith(call: Call, intent: IntentRecord, methodId: string | undefined): object {
  refuseIfCheckouts(intent, 'confirm');
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedState('confirm', intent.status);
  }
  const id = methodId ?? intent.methodId;
  if (id === null) {
    throw invalidRequest(
      'You cannot confirm this PaymentIntent because it is missing a payment method. Update the PaymentIntent ' +
        'with a payment method, or pass one when confirming.',
      { code: 'payment_intent_unexpected_state' },
    );
  }
  const method = requireMethod(call.world, id);
  const payment = pay(call.world, call.origin, intent, method);
  if (payment.result === 'declined') throw declineError(payment.failure, payment.intent, method);
  return shown(call, payment.intent);
}

function refuseIfCheckouts(intent: IntentRecord, verb: string): void {
  if (intent.sessionId === null) return;
  throw refusedByState(
    `You cannot ${verb} this PaymentIntent because it was created by a Checkout Session. Expire the Session instead.`,
    { code: 'payment_intent_unexpected_state' },
  );
}

function unexpectedState(verb: string, status: string): Error {
  return refusedByState(
    `You cannot ${verb} this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of ` +
      'the following statuses may be so: requires_payment_method, requires_confirmation, requires_action.',
    { code: 'payment_intent_unexpected_state' },
  );
}

function shown(call: Call, intent: IntentRecord): object {
  return show(call, { kind: 'intent', record: intent });
}
