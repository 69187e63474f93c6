import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientOf,
  failureOf,
  inSeconds,
  paidSession,
  seatSession,
  setUp,
  subjectIdOf,
  type Setup,
} from './support.ts';

let setup: Setup;
beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.stop());

const create = (overrides: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  setup.stripe.checkout.sessions.create(seatSession(overrides));

const sendOldWay = (version?: string): Promise<Response> =>
  fetch(`${setup.url()}/v1/checkout/sessions`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('sk_test_1:')}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(version === undefined ? {} : { 'stripe-version': version }),
    },
    body:
      'mode=payment&success_url=http://x.example&payment_method_types[]=card&line_items[0][quantity]=1' +
      '&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=100' +
      '&line_items[0][price_data][product_data][name]=a',
  });

const sessionWorth = (unitAmount: number, currency = 'usd') =>
  create({
    line_items: [
      { quantity: 1, price_data: { currency, unit_amount: unitAmount, product_data: { name: 'Seat' } } },
    ],
  });

describe('a new session', () => {
  it('is open and unpaid, has no payment intent yet and lasts 24 hours', async () => {
    const session = await create();
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: 3_000,
      currency: 'eur',
      livemode: false,
      client_reference_id: 'hold-1',
      metadata: { hold: '1' },
    });
    expect(session.expires_at - session.created).toBe(24 * 60 * 60);
    expect(session.id).toMatch(/^cs_test_/);
    expect(session.url).toBe(`${setup.url()}/c/pay/${session.id}`);
  });

  it('shows its line items when asked to', async () => {
    const { id, line_items: included } = await create({ expand: ['line_items'] });
    expect(included?.data[0]).toMatchObject({ description: 'Row A & <B>', quantity: 2, amount_total: 3_000 });
    const listed = await setup.stripe.checkout.sessions.listLineItems(id);
    expect(listed.data).toHaveLength(1);
  });

  it('takes a price made before, as the command-line client does', async () => {
    const product = await setup.stripe.products.create({ name: 'Myproduct' });
    const price = await setup.stripe.prices.create({
      product: product.id,
      unit_amount: 1_500,
      currency: 'usd',
    });
    const session = await create({ line_items: [{ price: price.id, quantity: 2 }] });
    expect(session.amount_total).toBe(3_000);
    expect(session.currency).toBe('usd');
  });

  it('takes payment_method_types of a caller with an older API version, and only of that', async () => {
    expect((await sendOldWay()).status).toBe(200);
    const refused = await sendOldWay('2026-10-28.endive');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: { code: 'parameter_unknown', param: 'payment_method_types' },
    });
  });

  it('has its expiry between 30 minutes and 24 hours away, the bounds left out', async () => {
    const early = await failureOf(create({ expires_at: inSeconds(30 * 60) }));
    expect(early.message).toBe(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
    );
    const late = await failureOf(create({ expires_at: inSeconds(24 * 60 * 60 + 1) }));
    expect(late.message).toBe(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
    );
    expect([early.statusCode, early.type]).toEqual([400, 'StripeInvalidRequestError']);
    const at = inSeconds(32 * 60);
    expect((await create({ expires_at: at })).expires_at).toBe(at);
  });

  it('needs at least the smallest amount of its currency, or nothing at all', async () => {
    const refused = await failureOf(sessionWorth(49));
    expect(refused.code).toBe('amount_too_small');
    expect(refused.message).toBe("The Checkout Session's total amount due must add up to at least $0.50 usd");
    expect((await failureOf(sessionWorth(17_499, 'huf'))).code).toBe('amount_too_small');
    expect((await sessionWorth(0)).payment_status).toBe('no_payment_required');
    expect((await failureOf(sessionWorth(100, 'zzz'))).message).toMatch(/^Invalid currency: zzz\./);
  });
});

describe('a parameter', () => {
  it('that Stripe does not know is refused by its whole name', async () => {
    const dataWithMore = Object.assign({ description: 'x' }, { color: 'red' });
    const refused = await failureOf(create({ payment_intent_data: dataWithMore }));
    expect(refused).toMatchObject({ code: 'parameter_unknown', param: 'payment_intent_data[color]' });
    expect(refused.message).toBe('Received unknown parameter: payment_intent_data[color]');
  });

  it('that is needed and missing is named', async () => {
    const { success_url: _, ...rest } = seatSession();
    expect(await failureOf(setup.stripe.checkout.sessions.create(rest))).toMatchObject({
      code: 'parameter_missing',
      param: 'success_url',
    });
    expect(await failureOf(create({ line_items: [] }))).toMatchObject({ param: 'line_items' });
  });

  it('of a wrong kind is refused: numbers, addresses, empty text, too long metadata', async () => {
    const line = { price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'x' } } };
    const refusals = await Promise.all([
      failureOf(create({ line_items: [{ ...line, quantity: 1.5 }] })),
      failureOf(create({ success_url: 'nowhere' })),
      failureOf(create({ client_reference_id: '' })),
      failureOf(create({ metadata: { note: 'x'.repeat(501) } })),
      failureOf(create({ customer_email: 'nobody' })),
    ]);
    expect(refusals.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400, 400, 400]);
    expect(refusals[0]?.message).toBe('Invalid integer: 1.5');
    expect(refusals[1]?.code).toBe('url_invalid');
    expect(refusals[2]?.code).toBe('parameter_invalid_empty');
    expect(refusals[3]?.message).toMatch(/^Metadata values can have up to 500 characters/);
    expect(refusals[4]?.code).toBe('email_invalid');
  });

  it('that the stand-in cannot honour is refused plainly, never ignored', async () => {
    const refused = await failureOf(create({ automatic_tax: { enabled: true } }));
    expect(refused.message).toMatch(/The Stripe stand-in does not do the parameter automatic_tax/);
  });
});

describe('a key', () => {
  it('must be a test key: a live one is refused with 401', async () => {
    const live = clientOf(setup.port(), 0, ['sk', 'live', '0123456789abcdef'].join('_'));
    const refused = await failureOf(live.checkout.sessions.list());
    expect(refused).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(refused.message).toMatch(/^Invalid API Key provided: sk_live_\*+cdef/);
    expect((await fetch(`${setup.url()}/v1/events`)).status).toBe(401);
  });
});

describe('expiring', () => {
  it('ends an open session for good and tells of it', async () => {
    const { id } = await create();
    const expired = await setup.stripe.checkout.sessions.expire(id);
    expect(expired).toMatchObject({ status: 'expired', payment_status: 'unpaid', url: null });
    await setup.shop.next('checkout.session.expired');
    const again = await failureOf(setup.stripe.checkout.sessions.expire(id));
    expect(again.message).toBe(
      'Only Checkout Sessions with a status in ["open"] can be expired. ' +
        'This Checkout Session has a status of `expired`.',
    );
    expect(await setup.control(`sessions/${id}/pay`)).toMatchObject({ result: 'not-open' });
  });

  it('is refused for a paid session', async () => {
    const { session } = await paidSession(setup);
    const refused = await failureOf(setup.stripe.checkout.sessions.expire(session.id));
    expect(refused.message).toContain('has a status of `complete`');
  });

  it('and paying at the same time: exactly one wins, each of 60 times', async () => {
    const raced = new Set<string>();
    for (let round = 0; round < 60; round++) {
      const { id } = await create();
      raced.add(id);
      const pay = (): Promise<unknown> => setup.control(`sessions/${id}/pay`);
      const expire = (): Promise<unknown> => setup.stripe.checkout.sessions.expire(id).catch(() => undefined);
      await Promise.all(round % 2 === 0 ? [pay(), expire()] : [expire(), pay()]);
      const session = await setup.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
      const paid = {
        payment_status: 'paid',
        payment_intent: { status: 'succeeded', amount_received: 3_000 },
      };
      const unpaid = { status: 'expired', payment_status: 'unpaid', payment_intent: null };
      expect(session).toMatchObject(session.status === 'complete' ? paid : unpaid);
    }
    const events = await setup.stripe.events
      .list({ types: ['checkout.session.completed', 'checkout.session.expired'], limit: 100 })
      .autoPagingToArray({ limit: 200 });
    const ended = events.map((event) => subjectIdOf(event));
    expect(ended.filter((id) => raced.has(id)).toSorted()).toEqual([...raced].toSorted());
  });
});

describe('what is not there', () => {
  it('is 404 resource_missing, and an unknown address says so with an error body', async () => {
    const missing = await failureOf(setup.stripe.checkout.sessions.retrieve('cs_test_nothing'));
    expect(missing).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(missing.message).toBe("No such checkout.session: 'cs_test_nothing'");
    const unknown = await fetch(`${setup.url()}/v1/invoices`, {
      headers: { authorization: 'Bearer sk_test_1' },
    });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });
});

describe('a list', () => {
  it('comes newest first and in pages, both ways, and knows its filters', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await create()).id);
    const first = await setup.stripe.checkout.sessions.list({ limit: 2 });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.has_more).toBe(true);
    const second = await setup.stripe.checkout.sessions.list({ limit: 2, starting_after: ids[1] ?? '' });
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const back = await setup.stripe.checkout.sessions.list({ limit: 2, ending_before: ids[3] ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual(ids.slice(1, 3));
    const { session, intentId } = await paidSession(setup);
    const byIntent = await setup.stripe.checkout.sessions.list({ payment_intent: intentId });
    expect(byIntent.data.map(({ id }) => id)).toEqual([session.id]);
    const complete = await setup.stripe.checkout.sessions.list({ status: 'complete', limit: 1 });
    expect(complete.data[0]?.id).toBe(session.id);
    const none = await setup.stripe.checkout.sessions.list({ created: { lt: 1_000 } });
    expect(none.data).toEqual([]);
  });
});
