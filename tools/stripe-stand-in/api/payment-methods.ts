import { ApiError, missingParam, notInStandIn } from '../api-error.ts';
import { parseParams, type ParsedFields } from '../params.ts';
import { createMethod } from '../payments.ts';
import type { BillingRecord } from '../records.ts';
import { findCardByName, findCardByNumber, hasValidCheckDigit, type TestCard } from '../test-cards.ts';
import { show, type Handler } from './call.ts';

const billingFields = {
  fields: {
    email: 'string',
    name: 'string',
    phone: 'string',
    address: {
      fields: {
        city: 'string',
        country: 'string',
        line1: 'string',
        line2: 'string',
        postal_code: 'string',
        state: 'string',
      },
    },
  },
} as const;

export const createPaymentMethod: Handler = (call) => {
  const params = parseParams(call.params, {
    type: 'string',
    card: {
      fields: { number: 'string', exp_month: 'integer', exp_year: 'integer', cvc: 'string', token: 'string' },
    },
    billing_details: billingFields,
    metadata: 'metadata',
    allow_redisplay: 'string',
  });
  if (params.type === undefined) throw missingParam('type');
  if (params.type !== 'card') throw notInStandIn(`payment methods of type ${params.type}`, 'type');
  const { card } = params;
  if (card === undefined) throw missingParam('card');
  const found = card.token === undefined ? readCardNumber(card.number) : findCardByName(card.token);
  if (found === undefined) throw notInStandIn(`the token ${card.token ?? ''}`, 'card[token]');
  const billing = readBilling(params.billing_details ?? {});
  const expiry = { month: card.exp_month ?? 12, year: card.exp_year ?? 2034 };
  return show(call, { kind: 'method', record: createMethod(call.world, found, billing, expiry) });
};

function readBilling(given: ParsedFields<typeof billingFields.fields>): BillingRecord {
  return {
    email: given.email ?? null,
    name: given.name ?? null,
    country: given.address?.country ?? null,
    postalCode: given.address?.postal_code ?? null,
  };
}

/** The test card with that number. Throws ApiError 402 for a wrong number or, as in Stripe's test mode, a real one. */
export function readCardNumber(number: string | undefined): TestCard {
  if (number === undefined) throw missingParam('card[number]');
  if (!hasValidCheckDigit(number)) throw cardError('incorrect_number', 'Your card number is incorrect.');
  const card = findCardByNumber(number);
  if (card === undefined) {
    throw cardError(
      'card_declined',
      'Your card was declined. Your request was in test mode, but used a non test card. ' +
        'For a list of valid test cards, visit: https://stripe.com/docs/testing.',
    );
  }
  return card;
}

function cardError(code: string, message: string): ApiError {
  return new ApiError(402, { type: 'card_error', code, message, param: 'number' });
}
