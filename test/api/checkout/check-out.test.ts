import { afterEach, describe, expect, it } from 'vitest';
import { toBytes } from '../../../src/platform/id.ts';
import {
  checkOut,
  control,
  hold,
  holdStatus,
  mendStripe,
  moneyOf,
  pay,
  payment,
  paymentRow,
  refundRows,
  seatLetters,
} from '../../support/checkout.ts';
import { guest } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));

describe('POST /api/holds/:holdId/checkout', () => {
  it('of a held hold answers the page to pay on, and the webhook turns the hold into bookings', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1, 2] });
    expect(at.url).toMatch(/^https?:\/\/.*cs_test_/);
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('checkout');
    const paid = await pay(holdfast.current, at.sessionId);
    expect(paid).toMatchObject({ result: 'complete', paymentStatus: 'paid' });

    await eventually(async () =>
      expect((await paymentRow(holdfast.current, at.paymentId)).fulfilled_at).not.toBeNull(),
    );
    const shown = await payment(at);
    expect(shown).toMatchObject({
      id: at.paymentId,
      holdId: at.holdId,
      eventId,
      status: 'paid',
      amount: 5000,
      currency: 'EUR',
      refundedAmount: 0,
      url: null,
    });
    expect(shown.bookings.map((booking: { seat: { id: number } }) => booking.seat.id)).toEqual([1, 2]);
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 3)).toBe('bba');
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('booked');
    const { redis } = holdfast.current.server.resources;
    await eventually(async () => expect(await redis.get(`seat-lock:{${eventId}}:1`)).toBe('booked'));
    const row = await paymentRow(holdfast.current, at.paymentId);
    expect(row.transaction_id).toMatch(/^pi_/);
    expect(row.captured_amount).toBe(5000);
  });

  it('sends Stripe the price that the database has, whatever price the client sends', async () => {
    const { eventId } = await createTestEvent(holdfast.current, { price: 4200 });
    const buyer = await guest(holdfast.current);
    const holdId = await hold(buyer, { eventId, seatIds: [1, 2] });
    const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {
      amount: 1,
      price: 1,
      total: 1,
      currency: 'JPY',
      seats: [{ id: 1, price: 1 }],
    });
    expect(status).toBe(200);
    const sessionId = /cs_test_\w+/.exec(body.url)?.[0] ?? '';
    await pay(holdfast.current, sessionId);
    expect(await moneyOf(holdfast.current, sessionId)).toEqual({ captured: 8400, refunded: 0 });
  });

  it('a price that changes after checkout began changes nothing for that buyer', async () => {
    const event = await createTestEvent(holdfast.current, { price: 3000 });
    const at = await checkOut(holdfast.current, { eventId: event.eventId, seatIds: [1] });
    const { db } = holdfast.current.server.resources;
    await db
      .updateTable('event_tiers')
      .set({ price_amount: 9900 })
      .where('event_id', '=', toBytes(event.eventId))
      .execute();
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    expect((await payment(at)).bookings[0].amount).toBe(3000);
  });

  it('a double click and two tabs get the same payment and the same page', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const holdId = await hold(buyer, { eventId, seatIds: [1] });
    const clicks = await Promise.all(
      [1, 2, 3, 4].map(() => buyer.request('POST', `/api/holds/${holdId}/checkout`, {})),
    );
    expect(clicks.map((click) => click.status)).toEqual([200, 200, 200, 200]);
    expect(new Set(clicks.map((click) => click.body.url)).size).toBe(1);
    const later = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    expect(later.body.paymentId).toBe(clicks[0]?.body.paymentId);
    const { db } = holdfast.current.server.resources;
    expect(
      await db.selectFrom('payments').select('payment_id').where('hold_id', '=', toBytes(holdId)).execute(),
    ).toHaveLength(1);
  });

  it("another buyer's hold, an unknown one and a malformed id are not found", async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [owner, other] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
    const holdId = await hold(owner, { eventId, seatIds: [1] });
    for (const id of [holdId, '01890000-0000-7000-8000-000000000000', 'x']) {
      const { status } = await other.request('POST', `/api/holds/${id}/checkout`, {});
      expect(status).toBe(404);
    }
    expect(await holdStatus(holdfast.current, holdId)).toBe('held');
  });

  it("passes a guest's e-mail on to Stripe, and refuses one that is none", async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const holdId = await hold(buyer, { eventId, seatIds: [1] });
    const bad = await buyer.request('POST', `/api/holds/${holdId}/checkout`, { email: 'nobody' });
    expect(bad.status).toBe(400);
    expect(await holdStatus(holdfast.current, holdId)).toBe('held');
    const good = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {
      email: 'somebody@example.com',
    });
    expect(good.status).toBe(200);
    const session = await holdfast.current.server.resources.stripe.checkout.sessions.retrieve(
      /cs_test_\w+/.exec(good.body.url)?.[0] ?? '',
    );
    expect(session.customer_email).toBe('somebody@example.com');
    expect(session.metadata).toMatchObject({ payment_id: good.body.paymentId, reference: holdId });
    expect(session.adaptive_pricing?.enabled).toBe(false);
  });

  it('of seats that cost nothing books them at once, without Stripe', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const { db } = holdfast.current.server.resources;
    await db
      .updateTable('event_tiers')
      .set({ price_amount: 0 })
      .where('event_id', '=', toBytes(eventId))
      .execute();
    const buyer = await guest(holdfast.current);
    const holdId = await hold(buyer, { eventId, seatIds: [1, 2] });
    const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    expect(status).toBe(200);
    expect(body.url).toBe(`${holdfast.current.url}/events/${eventId}/payments/${body.paymentId}`);
    const shown = await payment({ buyer, paymentId: body.paymentId });
    expect(shown).toMatchObject({ status: 'paid', amount: 0 });
    expect(shown.bookings).toHaveLength(2);
    expect(await holdStatus(holdfast.current, holdId)).toBe('booked');
    const again = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    expect(again.body).toMatchObject({ status: 409, code: 'already_paid', paymentId: body.paymentId });
  });

  it('while the hold is in checkout nobody can change or release it, and after booking it is over', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    expect((await at.buyer.request('DELETE', `/api/holds/${at.holdId}`)).body.code).toBe('hold_in_checkout');
    expect((await at.buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] })).body.code).toBe(
      'hold_in_checkout',
    );
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    expect((await at.buyer.request('POST', `/api/holds/${at.holdId}/checkout`, {})).body).toMatchObject({
      status: 409,
      code: 'already_paid',
      paymentId: at.paymentId,
    });
    expect((await at.buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] })).status).toBe(
      201,
    );
  });

  it('one paid session id replayed for three seats buys the one seat that it was for', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    // The success URL is opened for other seats, payments and sessions, by the buyer and by another.
    const other = await guest(holdfast.current);
    await hold(other, { eventId, seatIds: [2] });
    for (const seatId of [1, 2, 3]) {
      const path = `/api/payments/${at.paymentId}?session_id=${at.sessionId}&seatId=${seatId}&seat_id=${seatId}&from=stripe`;
      expect((await at.buyer.request('GET', path)).body.bookings).toHaveLength(1);
      expect((await other.request('GET', path)).status).toBe(404);
    }
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 4)).toBe('blaa');
    expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 0 });
  });

  it('a card that is declined leaves everything held, and another card pays under the same session', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    expect((await pay(holdfast.current, at.sessionId, '4000000000000002')).result).toBe('declined');
    expect((await payment(at)).status).toBe('pending');
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('checkout');
    await pay(holdfast.current, at.sessionId, '4242424242424242');
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
  });

  it('an idempotency key is never reused after a decline with other parameters', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const first = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await pay(holdfast.current, first.sessionId, '4000000000000002');
    expect((await first.buyer.request('DELETE', `/api/holds/${first.holdId}/checkout`)).body.status).toBe(
      'held',
    );
    // Another cart, so another amount: Stripe would refuse it under the first key.
    await first.buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] });
    const second = await first.buyer.request('POST', `/api/holds/${first.holdId}/checkout`, {});
    expect(second.status).toBe(200);
    const rows = await Promise.all([
      paymentRow(holdfast.current, first.paymentId),
      paymentRow(holdfast.current, second.body.paymentId),
    ]);
    expect(rows[0].idempotency_key).not.toBe(rows[1].idempotency_key);
    expect(rows.map((row) => row.payment_status)).toEqual(['expired', 'pending']);
    await pay(holdfast.current, /cs_test_\w+/.exec(second.body.url)?.[0] ?? '');
    await eventually(async () =>
      expect((await payment({ buyer: first.buyer, paymentId: second.body.paymentId })).bookings).toHaveLength(
        2,
      ),
    );
  });

  it("an amount below what Stripe takes is refused, and the hold is the buyer's again", async () => {
    const { eventId } = await createTestEvent(holdfast.current, { price: 1 });
    const buyer = await guest(holdfast.current);
    const holdId = await hold(buyer, { eventId, seatIds: [1] });
    const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
    // On a busy machine the answer is that it waits; what comes of it is the same.
    expect([`${status} ${body.code}`]).toContainEqual(
      expect.stringMatching(/^(409 checkout_refused|202 undefined)$/),
    );
    await eventually(async () => expect(await holdStatus(holdfast.current, holdId)).toBe('held'));
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('l');
  });

  it('the events of two payments by one buyer for two holds stay apart', async () => {
    const [one, two] = await Promise.all([
      createTestEvent(holdfast.current),
      createTestEvent(holdfast.current),
    ]);
    const buyer = await guest(holdfast.current);
    const first = await checkOut(holdfast.current, { eventId: one.eventId, seatIds: [1], buyer });
    const second = await checkOut(holdfast.current, { eventId: two.eventId, seatIds: [2], buyer });
    await pay(holdfast.current, second.sessionId);
    await eventually(async () => expect((await payment(second)).bookings).toHaveLength(1));
    expect((await payment(first)).status).toBe('pending');
    expect(await refundRows(holdfast.current, second.paymentId)).toEqual([]);
    expect((await control(holdfast.current, 'GET', 'tally')).captured).toBeGreaterThan(0);
  });
});

describe('DELETE /api/holds/:holdId/checkout', () => {
  it('ends the session at Stripe, and gives the buyer the hold back with the time that is left', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    const { status, body } = await at.buyer.request('DELETE', `/api/holds/${at.holdId}/checkout`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: at.holdId, status: 'held' });
    const leftMs = Date.parse(body.expiresAt) - Date.parse(body.serverTime);
    expect(leftMs).toBeGreaterThan(25_000);
    expect(leftMs).toBeLessThanOrEqual(61_000);
    const session = await holdfast.current.server.resources.stripe.checkout.sessions.retrieve(at.sessionId);
    expect(session.status).toBe('expired');
    expect((await payment(at)).status).toBe('expired');
    expect((await at.buyer.request('DELETE', `/api/holds/${at.holdId}/checkout`)).status).toBe(200);
    expect((await at.buyer.request('DELETE', `/api/holds/${at.holdId}`)).body.status).toBe('released');
  });

  it('of a checkout that was paid meanwhile answers already_paid, and the seats are booked', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await control(holdfast.current, 'POST', 'webhooks/pause');
    await pay(holdfast.current, at.sessionId);
    const { status, body } = await at.buyer.request('DELETE', `/api/holds/${at.holdId}/checkout`);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'already_paid', paymentId: at.paymentId });
    expect((await payment(at)).bookings).toHaveLength(1);
  });

  it('while Stripe is away frees nothing, and says so', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await control(holdfast.current, 'POST', 'faults', {
      path: '/v1/checkout/sessions/*/expire',
      answer: '500',
      times: 5,
    });
    const { status, body } = await at.buyer.request('DELETE', `/api/holds/${at.holdId}/checkout`);
    expect(status).toBe(503);
    expect(body.code).toBe('stripe_unreachable');
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('checkout');
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('l');
  });
});
