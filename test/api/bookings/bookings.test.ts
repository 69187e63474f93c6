import { afterEach, describe, expect, it } from 'vitest';
import { resumeEventCancellations } from '../../../src/checkout/cancel-event-orders.ts';
import { sendDueRefunds } from '../../../src/payments/send-refunds.ts';
import { toBytes } from '../../../src/platform/id.ts';
import {
  type AtCheckout,
  breakStripe,
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
import { type Client, guest } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;
const DAY_MS = 24 * 60 * 60 * 1000;
const refundable = () => ({ details: { refundableUntil: new Date(Date.now() + DAY_MS).toISOString() } });

describe('GET /api/bookings', () => {
  it("lists the buyer's own, newest first, paged, each with its event and seat", async () => {
    const { eventId } = await createTestEvent(holdfast.current, refundable());
    const at = await bought(eventId, [1, 2, 3]);
    const { status, body } = await at.buyer.request('GET', '/api/bookings?limit=2');
    expect(status).toBe(200);
    expect(body).toMatchObject({ page: 1, limit: 2, total: 3 });
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({
      eventId,
      eventName: 'An evening of tests',
      amount: 2500,
      currency: 'EUR',
      status: 'confirmed',
      paymentId: at.paymentId,
      cancelledAt: null,
      refund: null,
      cancellable: true,
      seat: { section: 'Stalls', tier: 1, tierName: 'Stalls' },
    });
    expect((await at.buyer.request('GET', '/api/bookings?limit=2&page=2')).body.items).toHaveLength(1);
    const one = await at.buyer.request('GET', `/api/bookings/${body.items[0].id}`);
    expect(one.body).toEqual(body.items[0]);
    const other = await guest(holdfast.current);
    expect((await other.request('GET', '/api/bookings')).body).toMatchObject({ items: [], total: 0 });
    expect((await other.request('GET', `/api/bookings/${body.items[0].id}`)).status).toBe(404);
    expect((await at.buyer.request('GET', '/api/bookings?limit=1000')).status).toBe(400);
  });
});

describe('DELETE /api/bookings/:bookingId', () => {
  it("before the event's deadline cancels, puts the seat back on sale and refunds its price, once", async () => {
    const { eventId } = await createTestEvent(holdfast.current, refundable());
    const at = await bought(eventId, [1, 2]);
    const [first] = (await payment(at)).bookings;
    const answers = await Promise.all(
      [1, 2, 3].map(() => at.buyer.request('DELETE', `/api/bookings/${first.id}`)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(answers[0]?.body).toMatchObject({
      id: first.id,
      status: 'cancelled',
      cancellable: false,
      refund: { amount: 2500 },
    });
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 5000, refunded: 2500 }),
    );
    expect(await refundRows(holdfast.current, at.paymentId)).toHaveLength(1);
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 2)).toBe('ab');
    await eventually(async () =>
      expect(await payment(at)).toMatchObject({ status: 'paid', refundedAmount: 2500 }),
    );
    // The seat is sold again, and the first buyer's booking stays cancelled.
    const next = await bought(eventId, [1]);
    expect((await payment(next)).bookings).toHaveLength(1);
    expect((await at.buyer.request('GET', `/api/bookings/${first.id}`)).body).toMatchObject({
      status: 'cancelled',
      refund: { status: 'succeeded', amount: 2500 },
    });
  });

  it('all seats of a payment, one by one, end with all of the money back', async () => {
    const { eventId } = await createTestEvent(holdfast.current, refundable());
    const at = await bought(eventId, [1, 2, 3]);
    for (const booking of (await payment(at)).bookings)
      await at.buyer.request('DELETE', `/api/bookings/${booking.id}`);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 7500, refunded: 7500 }),
    );
    await eventually(async () =>
      expect((await paymentRow(holdfast.current, at.paymentId)).payment_status).toBe('refunded'),
    );
  });

  it('after the deadline, or where there is none, is refused, and not to another buyer at all', async () => {
    const { eventId } = await createTestEvent(holdfast.current, { details: { refundableUntil: null } });
    const at = await bought(eventId, [1]);
    const [booking] = (await payment(at)).bookings;
    expect(booking.cancellable).toBe(false);
    const refused = await at.buyer.request('DELETE', `/api/bookings/${booking.id}`);
    expect(refused.body).toMatchObject({ status: 409, code: 'not_refundable' });
    const other = await guest(holdfast.current);
    expect((await other.request('DELETE', `/api/bookings/${booking.id}`)).status).toBe(404);
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('b');
  });
});

describe('a whole event is cancelled', () => {
  it('every booking is refunded, every checkout ended, every hold released; and repeating it adds nothing', async () => {
    const event = await createTestEvent(holdfast.current);
    const { eventId } = event;
    const sold = await Promise.all([
      bought(eventId, [1, 2]),
      bought(eventId, [3]),
      bought(eventId, [4, 5, 6]),
    ]);
    const paying = await checkOut(holdfast.current, { eventId, seatIds: [7] });
    const choosing = await guest(holdfast.current);
    const openHold = await hold(choosing, { eventId, seatIds: [8] });
    const paidMeanwhile = await checkOut(holdfast.current, { eventId, seatIds: [9] });
    await control(holdfast.current, 'POST', 'webhooks/pause');
    await pay(holdfast.current, paidMeanwhile.sessionId);

    for (const times of [1, 2]) {
      const cancelled = await event.organiser.request('POST', `/api/admin/events/${eventId}/cancel`);
      expect([cancelled.status, times]).toEqual([200, times]);
    }
    await eventually(async () => {
      for (const at of [...sold, paidMeanwhile]) {
        const { captured, refunded } = await moneyOf(holdfast.current, at.sessionId);
        expect(captured).toBeGreaterThan(0);
        expect(refunded).toBe(captured);
      }
    });
    await control(holdfast.current, 'POST', 'webhooks/flush');
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 9)).toBe('aaaaaaaaa');
    expect((await resources().stripe.checkout.sessions.retrieve(paying.sessionId)).status).toBe('expired');
    expect(
      await Promise.all([paying.holdId, openHold].map((id) => holdStatus(holdfast.current, id))),
    ).toEqual(['released', 'released']);
    const shown = await payment(sold[0]);
    expect(shown.bookings.map((booking: { status: string }) => booking.status)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect(shown.message).toMatch(/cancelled.*money back/);
    expect((await payment(paidMeanwhile)).message).toMatch(/money back/);
    expect(
      await resources()
        .db.selectFrom('bookings')
        .select('booking_id')
        .where('event_id', '=', toBytes(eventId))
        .where('status', '=', 'confirmed')
        .execute(),
    ).toEqual([]);
  });

  it('cut short while Stripe is away goes on with the next cleanup', async () => {
    const event = await createTestEvent(holdfast.current);
    const { eventId } = event;
    const at = await bought(eventId, [1]);
    const paying = await checkOut(holdfast.current, { eventId, seatIds: [2] });
    await breakStripe(holdfast.current, { path: '/v1/*', answer: 'reset', times: 500 });
    await event.organiser.request('POST', `/api/admin/events/${eventId}/cancel`);
    await eventually(async () =>
      expect((await payment(at)).bookings).toMatchObject([{ status: 'cancelled' }]),
    );
    expect(await holdStatus(holdfast.current, paying.holdId)).toBe('checkout');
    await mendStripe(holdfast.current);
    await resumeEventCancellations(resources());
    expect(await holdStatus(holdfast.current, paying.holdId)).toBe('released');
    await resources()
      .db.updateTable('refunds')
      .set({ next_try_at: new Date(Date.now() - DAY_MS) })
      .where('status', '=', 'requested')
      .execute();
    await sendDueRefunds(resources());
    expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 });
  });

  it('a checkout of it can not begin any more', async () => {
    const event = await createTestEvent(holdfast.current);
    const buyer: Client = await guest(holdfast.current);
    const holdId = await hold(buyer, { eventId: event.eventId, seatIds: [1] });
    await resources()
      .db.updateTable('events')
      .set({ status: 'cancelled' })
      .where('event_id', '=', toBytes(event.eventId))
      .execute();
    expect((await buyer.request('POST', `/api/holds/${holdId}/checkout`, {})).body).toMatchObject({
      status: 409,
      code: 'event_cancelled',
    });
  });
});

async function bought(eventId: string, seatIds: readonly number[]): Promise<AtCheckout> {
  const at = await checkOut(holdfast.current, { eventId, seatIds });
  await pay(holdfast.current, at.sessionId);
  await eventually(async () => expect((await payment(at)).bookings).toHaveLength(seatIds.length));
  return at;
}
