import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { bookTogether } from '../../src/checkout/book-together.ts';
import { listPaymentsBySession, movePayment } from '../../src/payments/payment-store.ts';
import { newId, toBytes } from '../../src/platform/id.ts';
import { readBuyerHolds, readLocks } from '../../src/seats/seat-locks.ts';
import {
  type AtCheckout,
  checkOut,
  control,
  dropWebhooks,
  holdStatus,
  mendStripe,
  moneyOf,
  pay,
  seatLetters,
} from '../support/checkout.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { deliver, inboxRow, stripeEvent } from '../support/stripe-events.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;

describe('payments that arrive at the same moment', () => {
  it('are each booked, once, however often Stripe tells of them', async () => {
    await control(holdfast.current, 'POST', 'webhooks', { duplicates: 2, secondEvent: { times: 50 } });
    const { eventId } = await createTestEvent(holdfast.current);
    const ats = await checkOutEach(eventId, 15);
    await Promise.all(ats.map(({ sessionId }) => pay(holdfast.current, sessionId)));
    for (const [index, at] of ats.entries()) {
      await eventually(async () => {
        const shown = await rowsOf(at);
        expect(shown).toEqual({ status: 'paid', hold: 'booked', seats: [index + 1] });
      });
    }
    expect(await seatLetters(holdfast.current, eventId)).toBe('b'.repeat(15) + 'a'.repeat(35));
    const seatIds = ats.map((_, index) => index + 1);
    await eventually(async () =>
      expect(await readLocks(resources().redis, eventId, seatIds)).toEqual(seatIds.map(() => 'booked')),
    );
    const userIds = ats.map(({ buyer }) => buyer.userId ?? '');
    await eventually(async () =>
      expect(await readBuyerHolds(resources().redis, eventId, userIds)).toEqual(userIds.map(() => null)),
    );
  });

  it('are told apart: late, flagged, or with another payment, they are left to the careful way, and end right by it', async () => {
    await dropWebhooks(holdfast.current);
    const { eventId } = await createTestEvent(holdfast.current);
    const [usual, released, flagged, withMore] = await checkOutEach(eventId, 4);
    if (!usual || !released || !flagged || !withMore) throw new Error('Not all are at the checkout.');
    const { db } = resources();
    const all = [released, flagged, usual];
    for (const at of all) await capture(at);
    await freeSeats(released);
    await db
      .updateTable('payments')
      .set({ flag: 'disputed' })
      .where('payment_id', '=', toBytes(flagged.paymentId))
      .execute();
    const keys = await keysOf(all);
    const together = await bookTogether(db, keys);
    expect(together.map((sale) => sale?.paymentId)).toEqual([undefined, undefined, usual.paymentId]);
    expect(await rowsOf(usual)).toEqual({ status: 'paid', hold: 'booked', seats: [1] });

    // A seat beyond the order: the whole lot is undone, and says so.
    await capture(withMore);
    await db
      .updateTable('event_seats')
      .set({
        status: 'locked',
        lock_kind: 'hold',
        hold_id: toBytes(withMore.holdId),
        locked_user_id: toBytes(withMore.buyer.userId ?? ''),
        lock_expire: sql<Date>`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND`,
      })
      .where('event_id', '=', toBytes(eventId))
      .where('event_seat_id', '=', 40)
      .execute();
    await expect(bookTogether(db, await keysOf([withMore]))).rejects.toThrow(/as expected/);
    expect(await rowsOf(withMore)).toEqual({ status: 'paid', hold: 'checkout', seats: [] });
  });

  it('with one among them whose seats are gone: the others are booked, and its money goes back', async () => {
    await dropWebhooks(holdfast.current);
    const { eventId } = await createTestEvent(holdfast.current);
    const ats = await checkOutEach(eventId, 6);
    for (const { sessionId } of ats) await pay(holdfast.current, sessionId);
    const [unlucky, ...others] = ats;
    if (unlucky === undefined) throw new Error('Nobody is at the checkout.');
    await giveSeatAway(unlucky);
    await mendStripe(holdfast.current);
    const told = ats.map(({ sessionId }) => stripeEvent({ id: sessionId, object: 'checkout.session' }));
    await Promise.all(told.map((event) => deliver(holdfast.current, event)));
    for (const at of others) {
      await eventually(async () =>
        expect(await rowsOf(at)).toMatchObject({ status: 'paid', hold: 'booked' }),
      );
    }
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, unlucky.sessionId)).toEqual({ captured: 2500, refunded: 2500 }),
    );
    for (const event of told) {
      await eventually(async () => expect((await inboxRow(holdfast.current, event.id))?.status).toBe('done'));
    }
  });
});

describe('deliveries of the webhook at the same moment', () => {
  it('are each stored once, those that are repeated among them too', async () => {
    const events = Array.from({ length: 10 }, () => stripeEvent());
    const answers = await Promise.all(
      [...events, ...events, ...events].map((event) => deliver(holdfast.current, event)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    for (const event of events) {
      await eventually(async () =>
        expect(await inboxRow(holdfast.current, event.id)).toMatchObject({
          payload: JSON.stringify(event),
          status: 'ignored',
        }),
      );
    }
  });
});

async function checkOutEach(eventId: string, count: number): Promise<AtCheckout[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      checkOut(holdfast.current, { eventId, seatIds: [index + 1] }),
    ),
  );
}

/** Writes down what Stripe would say of a paid session, and leaves acting on it undone. */
async function capture({ paymentId }: AtCheckout): Promise<void> {
  const set = { captured_amount: 2500, transaction_id: `pi_${newId()}` };
  await movePayment(resources().db, { paymentId, from: ['pending'], to: 'paid', set });
}

async function keysOf(ats: readonly AtCheckout[]) {
  const found = await listPaymentsBySession(
    resources().db,
    ats.map(({ sessionId }) => sessionId),
  );
  return ats.flatMap(({ sessionId }) => found.get(sessionId) ?? []);
}

async function freeSeats({ holdId }: AtCheckout): Promise<void> {
  const { db } = resources();
  await db
    .updateTable('event_seats')
    .set({ status: 'available', lock_kind: null, lock_expire: null, hold_id: null, locked_user_id: null })
    .where('hold_id', '=', toBytes(holdId))
    .execute();
  await db.updateTable('holds').set({ status: 'released' }).where('hold_id', '=', toBytes(holdId)).execute();
}

/** As if the hold had been freed while the buyer paid, and another had bought the seat since. */
async function giveSeatAway(at: AtCheckout): Promise<void> {
  await resources()
    .db.updateTable('event_seats')
    .set({ status: 'booked', lock_kind: null, lock_expire: null, hold_id: toBytes(newId()) })
    .where('hold_id', '=', toBytes(at.holdId))
    .execute();
}

async function rowsOf({ paymentId, holdId }: AtCheckout) {
  const { db } = resources();
  const { payment_status } = await db
    .selectFrom('payments')
    .select('payment_status')
    .where('payment_id', '=', toBytes(paymentId))
    .executeTakeFirstOrThrow();
  const seats = await db
    .selectFrom('bookings')
    .select('event_seat_id')
    .where('payment_id', '=', toBytes(paymentId))
    .where('status', '=', 'confirmed')
    .execute();
  return {
    status: payment_status,
    hold: await holdStatus(holdfast.current, holdId),
    seats: seats.map((row) => row.event_seat_id),
  };
}
