import { Stripe } from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientOf, failureOf, inSeconds, paidSession, seatSession, setUp, type Setup } from './support.ts';

let setup: Setup;
beforeAll(async () => {
  setup = await setUp();
});
beforeEach(() => setup.control('faults', {}, 'DELETE'));
afterAll(() => setup.stop());

let keys = 0;
const newKey = (): string => `key-${++keys}`;
const create = (idempotencyKey: string, overrides = {}, stripe = setup.stripe) =>
  stripe.checkout.sessions.create(seatSession(overrides), { idempotencyKey });
const sessionCount = async (): Promise<number> =>
  (await setup.stripe.checkout.sessions.list({ limit: 100 })).data.length;

describe('an idempotency key', () => {
  it('repeats the first answer, marked as a replay, and does nothing again', async () => {
    const idempotencyKey = newKey();
    const first = await create(idempotencyKey);
    const count = await sessionCount();
    const second = await create(idempotencyKey);
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
    expect(second.lastResponse.headers['idempotency-key']).toBe(idempotencyKey);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(await sessionCount()).toBe(count);
  });

  it('with other parameters is a StripeIdempotencyError', async () => {
    const idempotencyKey = newKey();
    await create(idempotencyKey);
    const refused = await failureOf(create(idempotencyKey, { client_reference_id: 'another' }));
    expect(refused).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(refused.message).toBe(
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${idempotencyKey}' if you meant to execute a different request.`,
    );
  });

  it('is not used up by a request that was invalid', async () => {
    const idempotencyKey = newKey();
    await failureOf(create(idempotencyKey, { expires_at: inSeconds(60) }));
    expect((await create(idempotencyKey)).status).toBe('open');
  });

  it('keeps a refusal that the state of things gave', async () => {
    const { intentId } = await paidSession(setup);
    const idempotencyKey = newKey();
    const ask = () =>
      setup.stripe.refunds.create({ payment_intent: intentId, amount: 9_000 }, { idempotencyKey });
    await failureOf(ask());
    const again = await failureOf(ask());
    expect(again.headers?.['idempotent-replayed']).toBe('true');
  });

  it('whose request still runs is 409 idempotency_key_in_use', async () => {
    await setup.control('api', { latencyMs: 200 });
    const idempotencyKey = newKey();
    const answers = await Promise.allSettled([create(idempotencyKey), create(idempotencyKey)]);
    await setup.control('api', { latencyMs: 0 });
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  });

  it('is forgotten after 24 hours', async () => {
    const idempotencyKey = newKey();
    const first = await create(idempotencyKey);
    await setup.control('clock', { advanceSeconds: 24 * 60 * 60 + 1 });
    expect((await create(idempotencyKey)).id).not.toBe(first.id);
  });

  it('holds across a restart', async () => {
    const idempotencyKey = newKey();
    const first = await create(idempotencyKey);
    await setup.restart();
    expect((await create(idempotencyKey)).id).toBe(first.id);
  });
});

describe('an answer that goes wrong', () => {
  const path = '/v1/checkout/sessions';

  it('with 500 after the work is repeated for the key, while the session exists', async () => {
    await setup.control('faults', { method: 'POST', path, answer: '500', when: 'after' });
    const idempotencyKey = newKey();
    const count = await sessionCount();
    expect((await failureOf(create(idempotencyKey))).statusCode).toBe(500);
    const replay = await failureOf(create(idempotencyKey));
    expect([replay.statusCode, replay.headers?.['idempotent-replayed']]).toEqual([500, 'true']);
    expect(await sessionCount()).toBe(count + 1);
  });

  it('with 500 before the work left nothing behind: the client tries again by itself', async () => {
    await setup.control('faults', { method: 'POST', path, answer: '500', when: 'before', times: 2 });
    const session = await create(newKey(), {}, clientOf(setup.port(), 2));
    expect(session.status).toBe('open');
  });

  it('with a connection that breaks after the work gives the same session at the next try', async () => {
    await setup.control('faults', { method: 'POST', path, answer: 'reset', when: 'after' });
    const count = await sessionCount();
    const session = await create(newKey(), {}, clientOf(setup.port(), 1));
    expect(session.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await sessionCount()).toBe(count + 1);
  });

  it('with silence after the work likewise', async () => {
    await setup.control('faults', { method: 'POST', path, answer: 'hang', when: 'after' });
    const idempotencyKey = newKey();
    const impatient = setup.stripe.checkout.sessions.create(seatSession(), {
      idempotencyKey,
      timeout: 200,
      maxNetworkRetries: 0,
    });
    expect(await failureOf(impatient)).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const session = await create(idempotencyKey);
    expect(session.lastResponse.headers['idempotent-replayed']).toBe('true');
  });

  it('with 429 is a StripeRateLimitError and left nothing behind', async () => {
    await setup.control('faults', { path: '/v1/refunds', answer: '429' });
    const { intentId } = await paidSession(setup);
    const refused = await failureOf(setup.stripe.refunds.create({ payment_intent: intentId }));
    expect(refused).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect((await setup.stripe.refunds.list({ payment_intent: intentId })).data).toEqual([]);
  });

  it('only touches the requests that its pattern names', async () => {
    await setup.control('faults', { method: 'POST', path: '/v1/checkout/sessions/*/expire', answer: '500' });
    const { id } = await create(newKey());
    expect((await failureOf(setup.stripe.checkout.sessions.expire(id))).statusCode).toBe(500);
    expect((await setup.stripe.checkout.sessions.expire(id)).status).toBe('expired');
  });
});

describe('the rate limit', () => {
  it('when set, answers 429 to what an endpoint gets beyond it', async () => {
    await setup.control('api', { endpointRatePerSecond: 5 });
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => create(newKey())));
    await setup.control('api', { endpointRatePerSecond: null });
    const refused = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason.code);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(new Set(refused)).toEqual(new Set(['rate_limit']));
  });
});
