import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startStandIn } from '../../tools/stripe-stand-in/start-stand-in.ts';
import {
  becomes,
  clientOf,
  inSeconds,
  paidSession,
  seatSession,
  setUp,
  subjectIdOf,
  webhookSecret,
  type Setup,
} from './support.ts';

let setup: Setup;
beforeAll(async () => {
  setup = await setUp();
});
beforeEach(async () => {
  await setup.control('reset');
  await setup.control('webhooks', { retryBaseMs: 20, retryMaxMs: 100 });
  setup.shop.received.length = 0;
});
afterAll(() => setup.stop());

const completed = 'checkout.session.completed';

describe('a webhook', () => {
  it('is signed so that the stripe package accepts it, and refuses it with another secret', async () => {
    const { session } = await paidSession(setup);
    const { body, signature } = await setup.shop.next(completed);
    const event = setup.stripe.webhooks.constructEvent(body, signature, webhookSecret);
    expect(event).toMatchObject({
      object: 'event',
      type: completed,
      api_version: '2026-10-28.endive',
      livemode: false,
      data: { object: { id: session.id, status: 'complete', payment_status: 'paid' } },
    });
    expect(() => setup.stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow(/signature/i);
    expect(() => setup.stripe.webhooks.constructEvent(`${body} `, signature, webhookSecret)).toThrow(
      /signature/i,
    );
  });

  it('is sent again until it is answered with 2xx, each time signed anew, and then no more', async () => {
    setup.shop.answerNext(500, 404, 500, 500);
    const { stripe, shop } = setup;
    await stripe.products.create({ name: 'x' });
    await shop.next('product.created', 5);
    for (const { body, signature } of shop.received) {
      expect(stripe.webhooks.constructEvent(body, signature, webhookSecret).type).toBe('product.created');
    }
    const { id } = shop.received[0]!.event;
    await becomes(async () => (await stripe.events.retrieve(id)).pending_webhooks === 0);
    const { attempts, waiting } = await listed();
    expect(attempts.map(({ status }) => status)).toEqual([500, 404, 500, 500, 200]);
    expect(waiting).toEqual([]);
  });

  it('that is owed when the stand-in stops is sent after its restart', async () => {
    await setup.control('webhooks/pause');
    await paidSession(setup);
    expect(setup.shop.received).toEqual([]);
    const undelivered = await setup.stripe.events.list({ types: [completed], delivery_success: false });
    expect(undelivered.data).toHaveLength(1);
    await setup.restart();
    await setup.shop.next(completed);
  });

  it('goes only to endpoints that want its type; a created endpoint tells its secret once', async () => {
    const endpoint = await setup.stripe.webhookEndpoints.create({
      url: setup.shop.url,
      enabled_events: ['customer.created'],
      api_version: '2026-10-28.endive',
    });
    expect(endpoint.secret).toMatch(/^whsec_/);
    expect((await setup.stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
    await setup.stripe.customers.create({ email: 'a@example.com' });
    await setup.stripe.products.create({ name: 'x' });
    await setup.shop.next('customer.created', 2);
    await setup.shop.next('product.created');
    await becomes(async () => (await listed()).waiting.length === 0);
    expect(setup.shop.types().filter((type) => type === 'product.created')).toHaveLength(1);
    await setup.stripe.webhookEndpoints.del(endpoint.id);
    expect((await setup.stripe.webhookEndpoints.list()).data.map(({ id }) => id)).not.toContain(endpoint.id);
  });
});

describe('the endpoint given at the start', () => {
  it('hears by default what a shop with Checkout needs, and no more', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stripe-stand-in-'));
    const standIn = await startStandIn({
      port: 0,
      dataDir,
      webhook: { url: setup.shop.url, secret: webhookSecret },
    });
    const { data } = await clientOf(standIn.port).webhookEndpoints.list();
    await standIn.stop();
    await rm(dataDir, { recursive: true });
    expect(data[0]?.enabled_events).toContain(completed);
    expect(data[0]?.enabled_events).toContain('refund.failed');
    expect(data[0]?.enabled_events).not.toContain('*');
  });
});

describe('a test can have webhooks', () => {
  it('duplicated', async () => {
    await setup.control('webhooks', { duplicates: 2 });
    await setup.stripe.products.create({ name: 'x' });
    await setup.shop.next('product.created', 3);
    expect(new Set(setup.shop.received.map(({ event }) => event.id)).size).toBe(1);
  });

  it('as two different events for one fact', async () => {
    await setup.control('webhooks', { secondEvent: { times: 1, type: completed } });
    await paidSession(setup);
    await setup.shop.next(completed, 2);
    const both = setup.shop.received.filter(({ event }) => event.type === completed);
    expect(new Set(both.map(({ event }) => event.id)).size).toBe(2);
    expect(new Set(both.map(({ event }) => subjectIdOf(event))).size).toBe(1);
  });

  it('reordered: of four gathered the last comes first', async () => {
    await setup.control('webhooks', { reorderWindow: 4 });
    await paidSession(setup);
    await setup.shop.next('payment_intent.created');
    expect(setup.shop.types()).toEqual([
      completed,
      'payment_intent.succeeded',
      'charge.succeeded',
      'payment_intent.created',
    ]);
  });

  it('dropped, by type: lost for good, but found among the undelivered, and resent on demand', async () => {
    await setup.control('webhooks', { drop: { times: 1, type: completed } });
    const { session } = await paidSession(setup);
    await setup.shop.next('payment_intent.succeeded');
    await setup.restart();
    const lost = await setup.stripe.events.list({ types: [completed], delivery_success: false });
    expect(lost.data.map((event) => subjectIdOf(event))).toEqual([session.id]);
    expect(setup.shop.types()).not.toContain(completed);
    await setup.control(`events/${lost.data[0]!.id}/resend`);
    await setup.shop.next(completed);
  });

  it('delayed, held back and let go', async () => {
    await setup.control('webhooks', { delayMs: 60_000 });
    await setup.stripe.products.create({ name: 'late' });
    expect((await listed()).waiting).toHaveLength(1);
    expect(setup.shop.received).toEqual([]);
    await setup.control('webhooks/flush');
    await setup.shop.next('product.created');
  });
});

describe('time', () => {
  it('expires a session at its expires_at, with the event, and paying it is too late then', async () => {
    const { id } = await setup.stripe.checkout.sessions.create(
      seatSession({ expires_at: inSeconds(31 * 60) }),
    );
    await setup.control('clock', { advanceSeconds: 30 * 60 });
    expect((await setup.stripe.checkout.sessions.retrieve(id)).status).toBe('open');
    await setup.control('clock', { advanceSeconds: 61 });
    expect((await setup.stripe.checkout.sessions.retrieve(id)).status).toBe('expired');
    const { event } = await setup.shop.next('checkout.session.expired');
    expect(subjectIdOf(event)).toBe(id);
    expect(await setup.control(`sessions/${id}/pay`)).toMatchObject({ result: 'not-open' });
  });

  it('expires without anyone asking, and what fell due while it was stopped at the next start', async () => {
    const { id } = await setup.stripe.checkout.sessions.create(
      seatSession({ expires_at: inSeconds(31 * 60) }),
    );
    await setup.control('webhooks/pause');
    await setup.control('clock', { advanceSeconds: 32 * 60 });
    await setup.restart();
    await setup.shop.next('checkout.session.expired');
    expect((await setup.stripe.checkout.sessions.retrieve(id)).status).toBe('expired');
  });
});

const listedSchema = z.looseObject({
  attempts: z.array(z.looseObject({ status: z.number(), type: z.string() })),
  waiting: z.array(z.unknown()),
});
async function listed(): Promise<z.infer<typeof listedSchema>> {
  return listedSchema.parse(await setup.control('webhooks', {}, 'GET'));
}
