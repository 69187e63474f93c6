import { list, requireNamed } from './call.ts';

export const listCharges = list({
  kind: 'charge',
  url: '/v1/charges',
  filters: { payment_intent: 'string', customer: 'string' },
  keep: (charge, { customer }) => customer === undefined || charge.customerId === customer,
  among: (call, { payment_intent: id }) =>
    id === undefined ? undefined : requireNamed(call, 'intent', id, 'payment_intent').chargeIds,
});
