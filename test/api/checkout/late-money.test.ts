import { afterEach, describe, expect, it } from 'vitest';
import { toBytes } from '../../../src/platform/id.ts';
import { endOverdueCheckouts } from '../../../src/checkout/chase-payments.ts';
import { settleCheckout } from '../../../src/checkout/settle-checkout.ts';
import { closeUnpaid } from '../../../src/payments/close-unpaid.ts';
import { completeCheckout } from '../../../src/checkout/complete-checkout.ts';
import {
  type AtCheckout,
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
  refundRows,
  seatLetters,
} from '../../support/checkout.ts';
import { guest } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;

describe('the lock ended while the buyer paid', () => {
  it("the hold's own time passes at Stripe: the seats stay the buyer's, and nobody else can take them", async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await letTimePass(holdfast.current, at.holdId);
    await resources().redis.flushall();
    const other = await guest(holdfast.current);
    const taken = await other.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
    expect(taken.status).toBe(409);
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    expect(await refundRows(holdfast.current, at.paymentId)).toEqual([]);
  });

  it('a checkout whose time is over is ended at Stripe first, and then its seats are free', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1, 2] });
    await letTimePass(holdfast.current, at.holdId);
    const counts = await Promise.all([endOverdueCheckouts(resources()), endOverdueCheckouts(resources())]);
    expect(counts[0].ended + counts[1].ended).toBeGreaterThanOrEqual(1);
    expect((await resources().stripe.checkout.sessions.retrieve(at.sessionId)).status).toBe('expired');
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('expired');
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 2)).toBe('aa');
    expect((await payment(at)).status).toBe('expired');
    const other = await guest(holdfast.current);
    expect(await hold(other, { eventId, seatIds: [1, 2] })).not.toBe(at.holdId);
  });

  it('cleanup finds the checkout paid meanwhile: it books, and frees nothing', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await dropWebhooks(holdfast.current);
    await pay(holdfast.current, at.sessionId);
    await letTimePass(holdfast.current, at.holdId);
    expect(await endOverdueCheckouts(resources())).toMatchObject({ paid: 1, ended: 0 });
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('booked');
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('b');
    expect((await payment(at)).bookings).toHaveLength(1);
  });

  it('cleanup and the buyer who pays at the same moment: Stripe decides, and nobody loses money', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const ats: AtCheckout[] = [];
    for (let seatId = 1; seatId <= 6; seatId += 1)
      ats.push(await checkOut(holdfast.current, { eventId, seatIds: [seatId] }));
    for (const at of ats) await letTimePass(holdfast.current, at.holdId);
    await Promise.all([
      endOverdueCheckouts(resources()),
      endOverdueCheckouts(resources()),
      ...ats.map((at) => pay(holdfast.current, at.sessionId).catch(() => null)),
    ]);
    for (const at of ats) {
      await eventually(async () => {
        const money = await moneyOf(holdfast.current, at.sessionId);
        const shown = await payment(at);
        const status = await holdStatus(holdfast.current, at.holdId);
        const expected = money.captured > 0 ? ['booked', 1] : ['expired', 0];
        expect([status, shown.bookings.length]).toEqual(expected);
      });
    }
  });

  it('Stripe does not answer: the seats stay held until it does', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await letTimePass(holdfast.current, at.holdId);
    await breakStripe(holdfast.current, { path: '/v1/*', answer: 'reset', times: 50 });
    expect(await endOverdueCheckouts(resources())).toMatchObject({ unknown: 1, ended: 0 });
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('checkout');
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('l');
    await mendStripe(holdfast.current);
    expect(await endOverdueCheckouts(resources())).toMatchObject({ ended: 1 });
  });
});

describe('money that comes late', () => {
  it('for seats that are still free takes them again and books them', async () => {
    const { at, eventId } = await lostCheckout([1, 2]);
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 2)).toBe('aa');
    await settleCheckout(resources(), at.paymentId);
    expect((await payment(at)).bookings).toHaveLength(2);
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 2)).toBe('bb');
    expect(await refundRows(holdfast.current, at.paymentId)).toEqual([]);
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('booked');
  });

  it('for seats of which another has one is refunded in full, takes none, and the buyer is told', async () => {
    const { at, eventId } = await lostCheckout([1, 2]);
    const other = await guest(holdfast.current);
    const otherHold = await hold(other, { eventId, seatIds: [2] });
    await Promise.all([
      settleCheckout(resources(), at.paymentId),
      settleCheckout(resources(), at.paymentId),
      payment(at),
    ]);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 5000, refunded: 5000 }),
    );
    expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([
      { amount: 5000, reason: 'seats_gone', dedupe_key: `late:${at.paymentId}` },
    ]);
    await eventually(async () => expect((await payment(at)).status).toBe('refunded'));
    const shown = await payment(at);
    expect(shown).toMatchObject({ refundedAmount: 5000, refundReason: 'seats_gone', bookings: [] });
    expect(shown.message).toMatch(/money back/);
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 2)).toBe('al');
    expect(await holdStatus(holdfast.current, otherHold)).toBe('held');
  });

  it('for seats that were sold to another is refunded in full, and the sale stands', async () => {
    const { at, eventId } = await lostCheckout([1]);
    const winner = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await mendStripe(holdfast.current);
    await pay(holdfast.current, winner.sessionId);
    await eventually(async () => expect((await payment(winner)).bookings).toHaveLength(1));
    await settleCheckout(resources(), at.paymentId);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 }),
    );
    expect(await moneyOf(holdfast.current, winner.sessionId)).toEqual({ captured: 2500, refunded: 0 });
  });

  it('that is not the price of the seats is refunded and flagged, and books nothing', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await resources()
      .db.updateTable('payments')
      .set({ amount: 9900 })
      .where('payment_id', '=', toBytes(at.paymentId))
      .execute();
    await pay(holdfast.current, at.sessionId);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 }),
    );
    expect(await paymentRow(holdfast.current, at.paymentId)).toMatchObject({
      flag: 'amount_mismatch',
      captured_amount: 2500,
    });
    expect((await payment(at)).bookings).toEqual([]);
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('a');
  });

  it('a second payment for the same hold is refunded in full as a duplicate', async () => {
    const { at, eventId } = await lostCheckout([1], 'held');
    // The buyer began again, and paid that too.
    const again = await at.buyer.request('POST', `/api/holds/${at.holdId}/checkout`, {});
    expect(again.status).toBe(200);
    const sessionId = /cs_test_\w+/.exec(again.body.url)?.[0] ?? '';
    await mendStripe(holdfast.current);
    await pay(holdfast.current, sessionId);
    await eventually(async () =>
      expect((await payment({ buyer: at.buyer, paymentId: again.body.paymentId })).bookings).toHaveLength(1),
    );
    await settleCheckout(resources(), at.paymentId);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 }),
    );
    expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([
      { reason: 'duplicate', dedupe_key: `dup:${at.paymentId}` },
    ]);
    expect(await moneyOf(holdfast.current, sessionId)).toEqual({ captured: 2500, refunded: 0 });
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('b');
  });

  it('books with the first money, and the session of the second payment is ended', async () => {
    const { at } = await lostCheckout([1], 'held');
    const again = await at.buyer.request('POST', `/api/holds/${at.holdId}/checkout`, {});
    const sessionId = /cs_test_\w+/.exec(again.body.url)?.[0] ?? '';
    await settleCheckout(resources(), at.paymentId);
    expect((await payment(at)).bookings).toHaveLength(1);
    expect((await resources().stripe.checkout.sessions.retrieve(sessionId)).status).toBe('expired');
    expect((await payment({ buyer: at.buyer, paymentId: again.body.paymentId })).status).toBe('expired');
  });

  it('for a session that we never heard of is found by its metadata and given back', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    // Someone made a second session for the same payment: its key was forgotten, or it was copied.
    const session = await resources().stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { quantity: 1, price_data: { currency: 'eur', unit_amount: 2500, product_data: { name: 'again' } } },
      ],
      metadata: { payment_id: at.paymentId, reference: at.holdId },
      payment_intent_data: { metadata: { payment_id: at.paymentId } },
      success_url: 'http://localhost/ok',
    });
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    await pay(holdfast.current, session.id);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, session.id)).toEqual({ captured: 2500, refunded: 2500 }),
    );
    expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 0 });
    expect((await payment(at)).bookings).toHaveLength(1);
  });
});

/**
 * A checkout that was paid though we had given it up: as when Stripe's word that it had ended was wrong or came too
 * late. The hold is over, or with `held` back with the buyer; Stripe has the money; nobody has told us.
 */
async function lostCheckout(
  seatIds: readonly number[],
  state: 'over' | 'held' = 'over',
): Promise<{ at: AtCheckout; eventId: string }> {
  const { eventId } = await createTestEvent(holdfast.current);
  const at = await checkOut(holdfast.current, { eventId, seatIds });
  if (state === 'over') await letTimePass(holdfast.current, at.holdId);
  await closeUnpaid(resources(), { paymentId: at.paymentId, sessionId: at.sessionId, to: 'expired' });
  await completeCheckout(resources(), { ...at, userId: at.buyer.userId ?? '' });
  expect(await holdStatus(holdfast.current, at.holdId)).toBe(state === 'over' ? 'expired' : 'held');
  await dropWebhooks(holdfast.current);
  await pay(holdfast.current, at.sessionId);
  await control(holdfast.current, 'GET', 'tally');
  return { at, eventId };
}
