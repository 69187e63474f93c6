import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { beginCheckout } from '../../../src/checkout/begin-checkout.ts';
import { chasePayments } from '../../../src/checkout/chase-payments.ts';
import { openCheckout } from '../../../src/checkout/open-checkout.ts';
import { lockHold } from '../../../src/holds/hold-store.ts';
import { findPayment } from '../../../src/payments/payment-store.ts';
import { settlePayment } from '../../../src/payments/settle-payment.ts';
import { createSession } from '../../../src/payments/stripe-sessions.ts';
import { fromBytes, toBytes } from '../../../src/platform/id.ts';
import { inTransaction } from '../../../src/platform/mysql.ts';
import {
  breakStripe,
  checkOut,
  control,
  dropWebhooks,
  hold,
  holdStatus,
  letTimePass,
  mendStripe,
  moneyOf,
  pay,
  payment,
  paymentRow,
  seatLetters,
  sessionIdIn,
} from '../../support/checkout.ts';
import { guest } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;
const CREATE = { path: '/v1/checkout/sessions', method: 'POST' } as const;

describe('making the session', () => {
  it('no row is locked while Stripe is asked: another transaction can lock the hold at once', async () => {
    const { buyer, holdId, eventId } = await held();
    await breakStripe(holdfast.current, { ...CREATE, answer: 'hang', when: 'before' });
    const asked = buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    await eventually(async () =>
      expect((await control(holdfast.current, 'GET', 'faults')).rules).toEqual([]),
    );
    const startedMs = performance.now();
    const status = await inTransaction(
      resources().db,
      async (tx) => (await lockHold(tx, eventId, holdId))?.status,
    );
    expect(status).toBe('checkout');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    // The buyer is told to ask again, and a later try under the same key succeeds.
    const answer = await asked;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/payments/${answer.body.paymentId}`);
    expect(answer.body).toMatchObject({
      status: 'waiting',
      queuePosition: expect.any(Number),
      estimatedWaitSeconds: expect.any(Number),
    });
    await eventually(
      async () =>
        expect((await payment({ buyer, paymentId: answer.body.paymentId })).url).toContain('cs_test_'),
      40_000,
    );
  }, 90_000);

  it('its turn is now: the server makes it, and needs no worker', async () => {
    const { buyer, holdId } = await held();
    const { payments } = resources().queues.byName;
    await payments.pause();
    const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    await payments.resume();
    expect(status).toBe(200);
    expect(body.url).toContain('cs_test_');
  });

  it('the connection breaks after the work is done: the same key and request find the session that was made', async () => {
    const { buyer, holdId } = await held();
    await breakStripe(holdfast.current, { ...CREATE, answer: 'reset', when: 'after', times: 3 });
    const answer = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    expect([200, 202]).toContain(answer.status);
    await eventually(async () =>
      expect((await payment({ buyer, paymentId: answer.body.paymentId })).url).toContain('cs_test_'),
    );
    expect(await sessionsOf(answer.body.paymentId)).toHaveLength(1);
  });

  it('Stripe fails after the work is done: the first session is left to end, and the buyer pays once, on another', async () => {
    const { buyer, holdId } = await held();
    await breakStripe(holdfast.current, { ...CREATE, answer: '500', when: 'after' });
    const answer = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    expect([200, 202]).toContain(answer.status);
    const shown = await eventually(async () => {
      const now = await payment({ buyer, paymentId: answer.body.paymentId });
      expect(now.url).toContain('cs_test_');
      return now;
    });
    const rows = await paymentsOf(holdId);
    expect(rows.map((row) => row.payment_status)).toEqual(['failed', 'pending']);
    expect(new Set(rows.map((row) => row.idempotency_key)).size).toBe(2);
    await pay(holdfast.current, sessionIdIn(shown.url));
    await eventually(async () =>
      expect((await payment({ buyer, paymentId: shown.id })).bookings).toHaveLength(1),
    );
    // Should someone have paid the first one too, that money goes back.
    const [orphan] = await sessionsOf(fromBytes(rows[0]?.payment_id ?? Buffer.alloc(16)));
    await pay(holdfast.current, orphan?.id ?? '');
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, orphan?.id ?? '')).toEqual({ captured: 2500, refunded: 2500 }),
    );
  });

  it('Stripe says "too many": it is asked again later, under the same key', async () => {
    const { buyer, holdId } = await held();
    await breakStripe(holdfast.current, { ...CREATE, answer: '429', when: 'before', times: 2 });
    const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    expect(status).toBe(200);
    expect(await paymentsOf(holdId)).toHaveLength(1);
    expect(await sessionsOf(body.paymentId)).toHaveLength(1);
  });

  it('the process dies after the commit: cleanup requests the session again', async () => {
    const { buyer, holdId } = await held();
    const begun = await beginCheckout(resources(), { holdId, userId: buyer.userId ?? '', email: null });
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    const shown = await payment({ buyer, paymentId: begun.payment.paymentId });
    expect(shown).toMatchObject({
      status: 'pending',
      url: null,
      message: expect.stringContaining('your turn'),
    });
    await makeSilent(begun.payment.paymentId);
    expect(await chasePayments(resources())).toMatchObject({ requested: 1, failed: 0 });
    await eventually(async () =>
      expect((await payment({ buyer, paymentId: begun.payment.paymentId })).url).toContain('cs_test_'),
    );
  });

  it('the process dies after Stripe made the session: the next try keeps that one', async () => {
    const { buyer, holdId } = await held();
    const begun = await beginCheckout(resources(), { holdId, userId: buyer.userId ?? '', email: null });
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    const row = await findPayment(resources().db, begun.payment.paymentId);
    if (row?.request == null) throw new Error('no request');
    const first = await createSession(resources(), {
      request: row.request,
      idempotencyKey: row.idempotencyKey,
      isReserved: false,
    });
    const opened = await openCheckout(resources(), begun.payment.paymentId, false);
    expect(opened).toMatchObject({ outcome: 'opened', url: first.url });
    expect(await openCheckout(resources(), begun.payment.paymentId, false)).toMatchObject({
      outcome: 'opened',
      url: first.url,
    });
  });

  it('the webhook comes before our own call has returned: the payment is found by its metadata', async () => {
    const { buyer, holdId } = await held();
    const begun = await beginCheckout(resources(), { holdId, userId: buyer.userId ?? '', email: null });
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    const row = await findPayment(resources().db, begun.payment.paymentId);
    if (row?.request == null) throw new Error('no request');
    const session = await createSession(resources(), {
      request: row.request,
      idempotencyKey: row.idempotencyKey,
      isReserved: false,
    });
    await pay(holdfast.current, session.sessionId);
    await eventually(async () =>
      expect((await payment({ buyer, paymentId: begun.payment.paymentId })).bookings).toHaveLength(1),
    );
    // Our call returns at last: there is nothing left to open.
    expect(await openCheckout(resources(), begun.payment.paymentId, false)).toMatchObject({
      outcome: 'over',
    });
    expect(await moneyOf(holdfast.current, session.sessionId)).toEqual({ captured: 2500, refunded: 0 });
  });

  it('waited so long that the frozen expiry is too near: a new attempt under a key of its own', async () => {
    const { buyer, holdId } = await held();
    const begun = await beginCheckout(resources(), { holdId, userId: buyer.userId ?? '', email: null });
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    const { request_json } = await paymentRow(holdfast.current, begun.payment.paymentId);
    const soon = request_json.replace(
      /"expires_at":\d+/,
      `"expires_at":${Math.floor(Date.now() / 1000) + 60}`,
    );
    await resources()
      .db.updateTable('payments')
      .set({ request_json: soon })
      .where('payment_id', '=', toBytes(begun.payment.paymentId))
      .execute();
    const opened = await openCheckout(resources(), begun.payment.paymentId, false);
    expect(opened.outcome).toBe('opened');
    expect(opened.paymentId).not.toBe(begun.payment.paymentId);
    expect((await payment({ buyer, paymentId: begun.payment.paymentId })).id).toBe(opened.paymentId);
  });

  it('the hold was given up while Stripe made the session: the session is ended before anyone sees it', async () => {
    const { buyer, holdId, eventId } = await held();
    await control(holdfast.current, 'POST', 'api', { latencyMs: 500 });
    // Taken by the first try: then Stripe has been asked, and will make the session at the second.
    await breakStripe(holdfast.current, { ...CREATE, answer: '429', when: 'before' });
    const asked = buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    await eventually(async () =>
      expect((await control(holdfast.current, 'GET', 'faults')).rules).toEqual([]),
    );
    const left = await buyer.request('DELETE', `/api/holds/${holdId}/checkout`);
    expect(left.body.status).toBe('held');
    const answer = await asked;
    expect(answer.status).toBe(409);
    const [row] = await paymentsOf(holdId);
    expect(row).toMatchObject({ payment_status: 'expired', checkout_session_id: null });
    const [session] = await sessionsOf(left.body.id, 'reference');
    await eventually(async () =>
      expect((await resources().stripe.checkout.sessions.retrieve(session?.id ?? '')).status).toBe('expired'),
    );
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('l');
  });

  it('Redis is away: the server asks Stripe itself', async () => {
    const { buyer, holdId } = await held();
    const begun = await beginCheckout(resources(), { holdId, userId: buyer.userId ?? '', email: null });
    expect(begun.outcome).toBe('begun');
    await holdfast.current.redis.kill();
    const opened =
      begun.outcome === 'begun' ? await openCheckout(resources(), begun.payment.paymentId, false) : null;
    await holdfast.current.redis.restart();
    expect(opened).toMatchObject({ outcome: 'opened' });
  });
});

describe('settling', () => {
  it('the redirect comes before the webhook: the page settles the payment itself', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await control(holdfast.current, 'POST', 'webhooks/pause');
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    await control(holdfast.current, 'POST', 'webhooks/flush');
    await eventually(async () => {
      const rows = await resources()
        .db.selectFrom('stripe_events')
        .select('status')
        .where('object_id', '=', at.sessionId)
        .execute();
      expect(rows).toEqual([{ status: 'done' }]);
    });
    expect((await payment(at)).bookings).toHaveLength(1);
  });

  it('every webhook is lost, and the buyer never comes back: cleanup asks Stripe', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await dropWebhooks(holdfast.current);
    await pay(holdfast.current, at.sessionId);
    await makeSilent(at.paymentId);
    expect((await chasePayments(resources())).asked).toBeGreaterThanOrEqual(1);
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('booked');
  });

  it('the process dies between "paid" and "booked": cleanup books', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await dropWebhooks(holdfast.current);
    await pay(holdfast.current, at.sessionId);
    const found = await findPayment(resources().db, at.paymentId);
    if (found === null) throw new Error('no payment');
    expect(await settlePayment(resources(), found)).toMatchObject({ outcome: 'paid' });
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('checkout');
    await letTimePass(holdfast.current, at.holdId);
    await resources()
      .db.updateTable('payments')
      .set({ updated_at: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE` })
      .where('payment_id', '=', toBytes(at.paymentId))
      .execute();
    const counts = await Promise.all([chasePayments(resources()), chasePayments(resources())]);
    expect(counts[0].finished + counts[1].finished).toBeGreaterThanOrEqual(1);
    expect((await payment(at)).bookings).toHaveLength(1);
  });

  it('the session ends at Stripe by itself: its seats are free', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await letTimePass(holdfast.current, at.holdId);
    await resources().stripe.checkout.sessions.expire(at.sessionId);
    await eventually(async () => expect(await holdStatus(holdfast.current, at.holdId)).toBe('expired'));
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('a');
    expect((await payment(at)).message).toMatch(/Nothing was charged/);
  });
});

async function held() {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  return { eventId, buyer, holdId: await hold(buyer, { eventId, seatIds: [1] }) };
}

async function makeSilent(paymentId: string): Promise<void> {
  const past = sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE`;
  await resources()
    .db.updateTable('payments')
    .set({ checked_at: past, created_at: past })
    .where('payment_id', '=', toBytes(paymentId))
    .execute();
}

function paymentsOf(holdId: string) {
  return resources()
    .db.selectFrom('payments')
    .selectAll()
    .where('hold_id', '=', toBytes(holdId))
    .orderBy('payment_id')
    .execute();
}

/** The sessions that Stripe has for a payment, found by what their metadata says. */
async function sessionsOf(id: string, key: 'payment_id' | 'reference' = 'payment_id') {
  const list = await resources().stripe.checkout.sessions.list({ limit: 100 });
  return list.data.filter((session) => session.metadata?.[key] === id);
}
