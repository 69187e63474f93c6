import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setUp, type Setup } from './support.ts';

/** The requests that `stripe trigger` and `stripe events resend` make, sent as that client sends them. */
let setup: Setup;
beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.stop());

const answerSchema = z.looseObject({
  id: z.string().default(''),
  // A list's; an event's data is an object.
  data: z.array(z.looseObject({ id: z.string() })).catch([]),
});
type Answer = z.infer<typeof answerSchema>;
async function call(method: 'GET' | 'POST', path: string, form = ''): Promise<Answer> {
  const answer = await fetch(`${setup.url()}${path}`, {
    method,
    headers: {
      authorization: 'Bearer sk_test_1',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Stripe/v1 stripe-cli/1.21.0',
    },
    ...(method === 'POST' ? { body: form } : {}),
  });
  const body = answerSchema.parse(await answer.json());
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
}

async function triggeredSession(): Promise<Answer> {
  const product = await call('POST', '/v1/products', 'name=myproduct&description=(created by Stripe CLI)');
  const price = await call('POST', '/v1/prices', `product=${product.id}&unit_amount=1500&currency=usd`);
  return call(
    'POST',
    '/v1/checkout/sessions',
    'success_url=https://httpbin.org/post&cancel_url=https://httpbin.org/post&mode=payment' +
      `&line_items[0][price]=${price.id}&line_items[0][quantity]=2`,
  );
}

describe('stripe trigger', () => {
  it('checkout.session.completed: pays through the payment page', async () => {
    const session = await triggeredSession();
    const page = await call('GET', `/v1/payment_pages/${session.id}`);
    expect(page).toMatchObject({ total: 3_000, session_id: session.id });
    await call('POST', `/v1/payment_pages/${page.id}/init`);
    const method = await call(
      'POST',
      '/v1/payment_methods',
      'type=card&card[token]=tok_visa&billing_details[email]=stripe@example.com',
    );
    const confirm = (amount: number): Promise<Answer> =>
      call(
        'POST',
        `/v1/payment_pages/${page.id}/confirm`,
        `payment_method=${method.id}&expected_amount=${amount}`,
      );
    await expect(confirm(2_999)).rejects.toThrow('checkout_amount_mismatch');
    expect(await confirm(3_000)).toMatchObject({ status: 'complete', payment_status: 'paid' });
    await setup.shop.next('checkout.session.completed');
  });

  it('checkout.session.expired', async () => {
    const session = await triggeredSession();
    await call('POST', `/v1/checkout/sessions/${session.id}/expire`);
    const { event } = await setup.shop.next('checkout.session.expired');
    expect(event.data.object.id).toBe(session.id);
  });

  it('charge.succeeded and charge.refunded', async () => {
    const intent = await call(
      'POST',
      '/v1/payment_intents',
      'amount=100&currency=usd&payment_method_types[0]=card&payment_method=pm_card_visa&confirm=true',
    );
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 100 });
    const refund = await call('POST', '/v1/refunds', `payment_intent=${intent.id}`);
    expect(refund).toMatchObject({ status: 'succeeded', amount: 100 });
    await call('POST', `/v1/refunds/${refund.id}`, 'metadata[order_id]=6735');
    for (const type of ['charge.succeeded', 'charge.refunded', 'charge.refund.updated'])
      await setup.shop.next(type);
  });

  it('payment_intent.payment_failed: 402 with the reason', async () => {
    const failing = call(
      'POST',
      '/v1/payment_intents',
      'amount=2000&currency=usd&payment_method=pm_card_chargeDeclined&confirm=true',
    );
    await expect(failing).rejects.toThrow(/card_error.*generic_decline/);
    await setup.shop.next('payment_intent.payment_failed');
  });

  it('payment_intent.created, confirmed later, and canceled', async () => {
    const intent = await call('POST', '/v1/payment_intents', 'amount=2000&currency=usd');
    expect(intent['status']).toBe('requires_payment_method');
    const paid = await call(
      'POST',
      `/v1/payment_intents/${intent.id}/confirm`,
      'payment_method=pm_card_visa',
    );
    expect(paid['status']).toBe('succeeded');
    const other = await call('POST', '/v1/payment_intents', 'amount=2000&currency=usd');
    await call('POST', `/v1/payment_intents/${other.id}/cancel`);
    await setup.shop.next('payment_intent.canceled');
  });

  it('charge.dispute.created', async () => {
    await call(
      'POST',
      '/v1/payment_intents',
      'amount=100&currency=usd&payment_method=pm_card_createDisputeInquiry&confirm=true',
    );
    await setup.control('clock', { advanceSeconds: 10 });
    const { event } = await setup.shop.next('charge.dispute.created');
    expect(event.data.object).toMatchObject({ status: 'warning_needs_response' });
  });
});

describe('stripe events resend', () => {
  it('sends an event once more, to the endpoint named', async () => {
    const product = await call('POST', '/v1/products', 'name=resent');
    const { event } = await setup.shop.next('product.created');
    const list = await call('GET', '/v1/webhook_endpoints');
    const [endpoint] = list.data;
    const seen = setup.shop.types().filter((type) => type === 'product.created').length;
    await call('POST', `/v1/events/${event.id}/retry`, `for_stripecli=true&webhook_endpoint=${endpoint?.id}`);
    const again = await setup.shop.next('product.created', seen + 1);
    expect(again.event.id).toBe(event.id);
    expect(product['object']).toBe('product');
  });
});

describe('stripe get', () => {
  it('reads every kind of object by list and by id', async () => {
    for (const kind of [
      'checkout/sessions',
      'payment_intents',
      'charges',
      'refunds',
      'disputes',
      'products',
      'prices',
      'customers',
      'events',
      'webhook_endpoints',
    ]) {
      if (kind === 'customers') await call('POST', '/v1/customers', 'email=stripe@example.com');
      const list = await call('GET', `/v1/${kind}?limit=3`);
      const { data } = list;
      expect([kind, data.length > 0]).toEqual([kind, true]);
      expect((await call('GET', `/v1/${kind}/${data[0]?.id}`)).id).toBe(data[0]?.id);
    }
  });
});
