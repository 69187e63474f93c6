import { invalidRequest, missingParam, noSuch, refusedByState } from '../api-error.ts';
import { paySession } from '../checkout.ts';
import { parseParams } from '../params.ts';
import { declineError, requireMethod } from '../payments.ts';
import type { SessionRecord } from '../records.ts';
import { sessionShape } from '../shapes/session.ts';
import { lineItemsOf } from './checkout-sessions.ts';
import type { Call, Handler } from './call.ts';

/**
 * What stands behind the hosted page, by session id or by its own: the command-line client's fixtures pay
 * sessions this way. Undocumented by Stripe; the fields are those that public clients read.
 */
export const getPaymentPage: Handler = (call) => {
  parseParams(call.params, {});
  return pageShape(call, requireSessionOfPage(call));
};

/** What a browser asks first; the same answer. */
export const initPaymentPage: Handler = (call) => pageShape(call, requireSessionOfPage(call));

export const confirmPaymentPage: Handler = (call) => {
  const params = parseParams(call.params, {
    payment_method: 'string',
    expected_amount: 'integer',
    return_url: 'string',
    key: 'string',
    eid: 'string',
    expected_payment_method_type: 'string',
  });
  const session = requireSessionOfPage(call);
  if (params.payment_method === undefined) throw missingParam('payment_method');
  if (params.expected_amount !== undefined && params.expected_amount !== session.amountTotal) {
    throw invalidRequest('The amount of the Checkout Session has changed.', {
      code: 'checkout_amount_mismatch',
      param: 'expected_amount',
    });
  }
  const method = requireMethod(call.world, params.payment_method);
  const checkout = paySession(call.world, call.origin, session.id, method);
  if (checkout.result === 'declined') throw declineError(checkout.failure, checkout.intent, method);
  if (checkout.result === 'not-open') {
    throw refusedByState(
      `This Checkout Session is no longer active: it has a status of \`${session.status}\`.`,
      {
        code: 'checkout_not_active_session',
      },
    );
  }
  return pageShape(call, checkout.session);
};

const pagePrefix = 'ppage_';
const sessionPrefix = 'cs_test_';

function requireSessionOfPage(call: Call): SessionRecord {
  const id = call.ids[0] ?? '';
  const sessionId = id.startsWith(pagePrefix) ? sessionPrefix + id.slice(pagePrefix.length) : id;
  const session = call.world.store.tables.session.get(sessionId);
  if (session === undefined) throw noSuch('payment_page', id);
  return session;
}

function pageShape(call: Call, session: SessionRecord): object {
  return {
    ...sessionShape(session, call.world.baseUrl),
    id: pagePrefix + session.id.slice(sessionPrefix.length),
    session_id: session.id,
    line_items: lineItemsOf(session),
    total: session.amountTotal,
  };
}
