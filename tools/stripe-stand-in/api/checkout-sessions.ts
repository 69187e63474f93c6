import { invalidRequest, missingParam, notInStandIn } from '../api-error.ts';
import { expireSession } from '../checkout.ts';
import type { ParamObject } from '../form.ts';
import { newId } from '../identifiers.ts';
import { requireAmountInRange } from '../money.ts';
import { parseParams } from '../params.ts';
import type { SessionRecord } from '../records.ts';
import { lineItemShape } from '../shapes/session.ts';
import { apiVersion } from '../shapes/render.ts';
import { requireNamed, list, requireInPath, show, type Call, type Handler } from './call.ts';
import { readLineItems } from './line-items.ts';
import { sessionParams, type SessionParams } from './session-params.ts';

const expiresAfterMinSeconds = 30 * 60;
const expiresAfterMaxSeconds = 24 * 60 * 60;

export const createSession: Handler = (call) => {
  const params = parseParams(withoutOldParams(call), sessionParams);
  const { mode = 'payment', success_url: successUrl, line_items: lines } = params;
  if (mode !== 'payment') throw notInStandIn(`mode ${mode}`, 'mode');
  if (lines === undefined || lines.length === 0) throw missingParam('line_items');
  if (successUrl === undefined) throw missingParam('success_url');
  requireUrl(successUrl, 'success_url');
  if (params.cancel_url !== undefined) requireUrl(params.cancel_url, 'cancel_url');
  const lineItems = readLineItems(call, lines);
  const currency = lineItems[0]?.price.currency ?? 'usd';
  const amountTotal = lineItems.reduce((sum, item) => sum + item.price.unitAmount * item.quantity, 0);
  if (amountTotal !== 0) requireAmountInRange(amountTotal, currency, 'session');
  requireCustomer(call, params);
  const session: SessionRecord = {
    id: newId('cs_test_a1', 56),
    created: call.world.clock.nowSeconds(),
    status: 'open',
    paymentStatus: amountTotal === 0 ? 'no_payment_required' : 'unpaid',
    expiresAt: expiryOf(call, params),
    currency,
    amountTotal,
    lineItems,
    intentId: null,
    buyer: null,
    successUrl,
    cancelUrl: params.cancel_url ?? null,
    ...optionsOf(params),
  };
  call.world.store.put('session', session);
  call.world.timetable.add({ dueAt: session.expiresAt, kind: 'session', id: session.id });
  return show(call, { kind: 'session', record: session });
};

export const expire: Handler = (call) => {
  parseParams(call.params, {});
  const { id } = requireInPath(call, 'session');
  return show(call, { kind: 'session', record: expireSession(call.world, call.origin, id) });
};

export const updateSession: Handler = (call) => {
  const { metadata } = parseParams(call.params, { metadata: 'metadata' });
  const session = requireInPath(call, 'session');
  const changed = { ...session, metadata: { ...session.metadata, ...metadata } };
  call.world.store.put('session', changed);
  return show(call, { kind: 'session', record: changed });
};

export const listSessions = list({
  kind: 'session',
  url: '/v1/checkout/sessions',
  filters: {
    status: { oneOf: ['open', 'complete', 'expired'] },
    payment_intent: 'string',
    customer: 'string',
  },
  keep: (session, { status, customer }) =>
    (status === undefined || session.status === status) &&
    (customer === undefined || session.customerId === customer),
  among: (call, { payment_intent: intentId }) => {
    if (intentId === undefined) return undefined;
    const { sessionId } = requireNamed(call, 'intent', intentId, 'payment_intent');
    return sessionId === null ? [] : [sessionId];
  },
});

export const listLineItems: Handler = (call) => {
  parseParams(call.params, { limit: 'integer', starting_after: 'string', ending_before: 'string' });
  return lineItemsOf(requireInPath(call, 'session'));
};

export function lineItemsOf(session: SessionRecord): object {
  const url = `/v1/checkout/sessions/${session.id}/line_items`;
  return { object: 'list', data: session.lineItems.map(lineItemShape), has_more: false, url };
}

function optionsOf(
  params: SessionParams,
): Pick<
  SessionRecord,
  | 'reference'
  | 'customerId'
  | 'customerEmail'
  | 'locale'
  | 'submitType'
  | 'allowedMethods'
  | 'metadata'
  | 'intentData'
> {
  const intentData = params.payment_intent_data ?? {};
  return {
    reference: params.client_reference_id ?? null,
    customerId: params.customer ?? null,
    customerEmail: params.customer_email ?? null,
    locale: params.locale ?? null,
    submitType: params.submit_type ?? null,
    allowedMethods: params.allowed_payment_method_types ?? null,
    metadata: params.metadata ?? {},
    intentData: {
      description: intentData.description ?? null,
      receiptEmail: intentData.receipt_email ?? null,
      metadata: intentData.metadata ?? {},
    },
  };
}

/** Both bounds are refused themselves, as real Stripe's clock has always moved on a little. */
function expiryOf(call: Call, { expires_at: asked }: SessionParams): number {
  const { clock } = call.world;
  if (asked === undefined) return clock.nowSeconds() + expiresAfterMaxSeconds;
  if (asked <= clock.nowMs() / 1000 + expiresAfterMinSeconds) {
    throw invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  if (asked >= clock.nowSeconds() + expiresAfterMaxSeconds) {
    throw invalidRequest(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  return asked;
}

function requireCustomer(call: Call, params: SessionParams): void {
  if (params.customer_email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(params.customer_email)) {
    throw invalidRequest(`Invalid email address: ${params.customer_email}`, {
      code: 'email_invalid',
      param: 'customer_email',
    });
  }
  if (params.customer === undefined) return;
  if (params.customer_email !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: customer, customer_email.');
  }
  requireNamed(call, 'customer', params.customer, 'customer');
}

/** Versions before 2026-09 took `payment_method_types`, and the command-line client's fixtures still send it. */
function withoutOldParams(call: Call): ParamObject {
  if (call.version === apiVersion) return call.params;
  return Object.fromEntries(Object.entries(call.params).filter(([name]) => name !== 'payment_method_types'));
}

function requireUrl(text: string, param: string): void {
  if (/^https?:\/\/[^\s/]+/i.test(text) || /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)) return;
  throw invalidRequest('Not a valid URL', { code: 'url_invalid', param });
}
