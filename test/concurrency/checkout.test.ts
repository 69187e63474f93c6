import { afterEach, describe, expect, it } from 'vitest';
import { chasePayments, endOverdueCheckouts } from '../../src/checkout/chase-payments.ts';
import { settleCheckout } from '../../src/checkout/settle-checkout.ts';
import { sendDueRefunds } from '../../src/payments/send-refunds.ts';
import { sweepInbox } from '../../src/payments/sweep-inbox.ts';
import { toBytes } from '../../src/platform/id.ts';
import {
  type AtCheckout,
  breakStripe,
  checkOut,
  control,
  holdStatus,
  letTimePass,
  mendStripe,
  moneyOf,
  pay,
  payment,
  seatLetters,
} from '../support/checkout.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;

describe('checkout under fire', () => {
  it('webhook, return page, cleanup and the buyer who goes back, all at once, book each paid seat once', async () => {
    await control(holdfast.current, 'POST', 'webhooks', {
      duplicates: 2,
      secondEvent: { times: 50 },
      reorderWindow: 3,
    });
    const { eventId } = await createTestEvent(holdfast.current);
    const ats: AtCheckout[] = [];
    for (let seatId = 1; seatId <= 20; seatId += 2)
      ats.push(await checkOut(holdfast.current, { eventId, seatIds: [seatId, seatId + 1] }));
    await Promise.all(
      ats.map(async (at, index) => {
        if (index % 3 === 2) await letTimePass(holdfast.current, at.holdId);
        await Promise.all([
          pay(holdfast.current, at.sessionId).catch(() => null),
          index % 2 === 0 ? at.buyer.request('DELETE', `/api/holds/${at.holdId}/checkout`) : null,
          payment(at),
          settleCheckout(resources(), at.paymentId).catch(() => null),
          endOverdueCheckouts(resources()),
          chasePayments(resources()),
        ]);
      }),
    );
    await control(holdfast.current, 'POST', 'webhooks/flush');
    for (const at of ats) {
      await eventually(async () => {
        await sweepInbox(resources());
        await sendDueRefunds(resources());
        expect(await verdictOn(at)).toMatch(/^(paid and booked|unpaid and open|unpaid and over)$/);
      });
    }
    await assertSeatsMatchBookings(eventId);
  });

  it('Stripe errs at random, before and after the work: every cent ends as a booking or a refund', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const ats: AtCheckout[] = [];
    for (let seatId = 1; seatId <= 8; seatId += 1)
      ats.push(await checkOut(holdfast.current, { eventId, seatIds: [seatId] }));
    for (const at of ats) await pay(holdfast.current, at.sessionId);
    for (const answer of ['500', 'reset', '429'] as const) {
      for (const when of ['before', 'after'] as const) {
        await breakStripe(holdfast.current, {
          path: '/v1/checkout/sessions/*',
          method: 'GET',
          answer,
          when: answer === '429' ? 'before' : when,
          times: 2,
        });
      }
    }
    for (const at of ats) {
      await eventually(async () => expect(await verdictOn(at)).toBe('paid and booked'), 20_000);
    }
    await assertSeatsMatchBookings(eventId);
  });
});

/** Where the money is, and what came of the hold. */
async function verdictOn(at: AtCheckout): Promise<string> {
  const money = await moneyOf(holdfast.current, at.sessionId);
  const { bookings } = await payment(at);
  const status = await holdStatus(holdfast.current, at.holdId);
  const seats = bookings.filter((booking: { status: string }) => booking.status === 'confirmed').length;
  if (money.captured > 0)
    return status === 'booked' && seats > 0 && money.refunded === 0
      ? 'paid and booked'
      : `paid, ${status}, ${seats} seats, ${money.refunded} refunded`;
  if (seats > 0) return 'booked without money';
  return status === 'held'
    ? 'unpaid and open'
    : status === 'expired'
      ? 'unpaid and over'
      : `unpaid, ${status}`;
}

async function assertSeatsMatchBookings(eventId: string): Promise<void> {
  const sold = await resources()
    .db.selectFrom('bookings')
    .select('event_seat_id')
    .where('event_id', '=', toBytes(eventId))
    .where('status', '=', 'confirmed')
    .orderBy('event_seat_id')
    .execute();
  const letters = await seatLetters(holdfast.current, eventId);
  expect(letters.split('').flatMap((letter, index) => (letter === 'b' ? [index + 1] : []))).toEqual(
    sold.map((row) => row.event_seat_id),
  );
}
