import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { lockPayment } from '../../../src/payments/payment-store.ts';
import { requestRefund } from '../../../src/payments/refund-payment.ts';
import { sendDueRefunds, sendRefund } from '../../../src/payments/send-refunds.ts';
import { syncPendingRefunds } from '../../../src/payments/sync-refunds.ts';
import { toBytes } from '../../../src/platform/id.ts';
import { inTransaction } from '../../../src/platform/mysql.ts';
import {
  type AtCheckout,
  breakStripe,
  checkOut,
  control,
  dropWebhooks,
  mendStripe,
  moneyOf,
  pay,
  payment,
  paymentRow,
  refundRows,
} from '../../support/checkout.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const REFUND_FAILS_LATER = '4000000000005126';
const REFUND_PENDING_FIRST = '4000000000007726';

describe('the outbox of refunds', () => {
  it('a part of a payment goes back once, however often its cause is told', async () => {
    const at = await paidFor([1, 2]);
    const ids = await Promise.all([1, 2, 3].map(() => ask(at, 2500, 'a-cause')));
    expect(ids.filter((id) => id !== null)).toHaveLength(1);
    await Promise.all([send(), send()]);
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 5000, refunded: 2500 }),
    );
    expect(await paymentRow(holdfast.current, at.paymentId)).toMatchObject({
      payment_status: 'paid',
      refunded_amount: 2500,
    });
    expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([
      { status: 'succeeded', amount: 2500 },
    ]);
  });

  it('never more than was captured, whatever is asked', async () => {
    const at = await paidFor([1]);
    await ask(at, 2000, 'one');
    await ask(at, 9_999, 'two');
    expect(await ask(at, 1, 'three')).toBeNull();
    await send();
    await eventually(async () =>
      expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 }),
    );
    await eventually(async () =>
      expect((await paymentRow(holdfast.current, at.paymentId)).payment_status).toBe('refunded'),
    );
  });

  it('Stripe fails after the work is done: the refund is found, and is not made twice', async () => {
    const at = await paidFor([1]);
    await dropWebhooks(holdfast.current);
    await breakStripe(holdfast.current, {
      path: '/v1/refunds',
      method: 'POST',
      answer: '500',
      when: 'after',
    });
    const refundId = await ask(at, 2500, 'cause');
    expect(await sendRefund(holdfast.current.server.resources, refundId ?? '')).toBe('later');
    expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([
      { status: 'requested', tries: 1 },
    ]);
    await dueNow(at);
    expect(await sendRefund(holdfast.current.server.resources, refundId ?? '')).toBe('sent');
    expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 });
    expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('Stripe fails before the work is done, and remembers that: the next try has a key of its own', async () => {
    const at = await paidFor([1]);
    await breakStripe(holdfast.current, {
      path: '/v1/refunds',
      method: 'POST',
      answer: '500',
      when: 'before',
    });
    const refundId = await ask(at, 2500, 'cause');
    await sendRefund(holdfast.current.server.resources, refundId ?? '');
    await dueNow(at);
    expect(await sendRefund(holdfast.current.server.resources, refundId ?? '')).toBe('sent');
    expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 });
  });

  it('a sender that died is replaced when its lease is over, and only then', async () => {
    const at = await paidFor([1]);
    const refundId = (await ask(at, 2500, 'cause')) ?? '';
    const { db } = holdfast.current.server.resources;
    await db
      .updateTable('refunds')
      .set({ next_try_at: sql<Date>`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND` })
      .where('refund_id', '=', toBytes(refundId))
      .execute();
    expect(await sendRefund(holdfast.current.server.resources, refundId)).toBe('not_due');
    await dueNow(at);
    await send();
    expect((await moneyOf(holdfast.current, at.sessionId)).refunded).toBe(2500);
  });

  it('a refund that fails later is seen, flagged, and told', async () => {
    await control(holdfast.current, 'POST', 'api', { settleMs: 100 });
    const at = await paidFor([1], REFUND_FAILS_LATER);
    await ask(at, 2500, 'cause');
    await send();
    await eventually(async () =>
      expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([{ status: 'failed' }]),
    );
    expect(await paymentRow(holdfast.current, at.paymentId)).toMatchObject({
      payment_status: 'paid',
      flag: 'refund_failed',
      refunded_amount: 0,
    });
    expect((await payment(at)).message).toMatch(/could not be made/);
  });

  it('a refund that is pending first succeeds by its event, or, that lost, by asking', async () => {
    await control(holdfast.current, 'POST', 'api', { settleMs: 100 });
    const at = await paidFor([1], REFUND_PENDING_FIRST);
    await dropWebhooks(holdfast.current);
    await ask(at, 2500, 'cause');
    await send();
    expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([{ status: 'pending' }]);
    expect((await paymentRow(holdfast.current, at.paymentId)).payment_status).toBe('refunding');
    await eventually(async () => {
      await dueNow(at);
      await syncPendingRefunds(holdfast.current.server.resources);
      expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([{ status: 'succeeded' }]);
    });
    expect((await paymentRow(holdfast.current, at.paymentId)).payment_status).toBe('refunded');
  });

  it.each([
    { sentHoursAgo: 2, heardMinutesAgo: 50, isAskedAfter: true },
    { sentHoursAgo: 2, heardMinutesAgo: 30, isAskedAfter: false },
    { sentHoursAgo: 48, heardMinutesAgo: 61, isAskedAfter: true },
    { sentHoursAgo: 48, heardMinutesAgo: 59, isAskedAfter: false },
  ])(
    'a refund sent $sentHoursAgo h ago, last heard of $heardMinutesAgo min ago / is asked after: $isAskedAfter',
    async ({ sentHoursAgo, heardMinutesAgo, isAskedAfter }) => {
      await control(holdfast.current, 'POST', 'api', { settleMs: 100 });
      const at = await paidFor([1], REFUND_PENDING_FIRST);
      await dropWebhooks(holdfast.current);
      await ask(at, 2500, 'cause');
      await send();
      await sql`
        UPDATE refunds SET created_at = UTC_TIMESTAMP(3) - INTERVAL ${sentHoursAgo} HOUR,
          next_try_at = UTC_TIMESTAMP(3) - INTERVAL ${heardMinutesAgo} MINUTE
        WHERE payment_id = ${toBytes(at.paymentId)}
      `.execute(holdfast.current.server.resources.db);
      const { synced } = await syncPendingRefunds(holdfast.current.server.resources);
      expect(synced).toBe(isAskedAfter ? 1 : 0);
    },
  );

  it('a part refunded outside is noted, and leaves the seats alone', async () => {
    const at = await paidFor([1, 2]);
    const { stripe } = holdfast.current.server.resources;
    const row = await paymentRow(holdfast.current, at.paymentId);
    await stripe.refunds.create({ payment_intent: row.transaction_id ?? '', amount: 100 });
    await eventually(async () =>
      expect(await refundRows(holdfast.current, at.paymentId)).toMatchObject([
        { reason: 'outside', amount: 100 },
      ]),
    );
    expect(await paymentRow(holdfast.current, at.paymentId)).toMatchObject({
      payment_status: 'paid',
      refunded_amount: 100,
      flag: 'refunded_outside',
    });
    expect((await payment(at)).bookings.map((booking: { status: string }) => booking.status)).toEqual([
      'confirmed',
      'confirmed',
    ]);
  });

  it('all of it refunded outside ends the bookings, and the seats are on sale again', async () => {
    const at = await paidFor([1, 2]);
    const { stripe } = holdfast.current.server.resources;
    const row = await paymentRow(holdfast.current, at.paymentId);
    await stripe.refunds.create({ payment_intent: row.transaction_id ?? '' });
    await eventually(async () => {
      expect((await payment(at)).bookings.map((booking: { status: string }) => booking.status)).toEqual([
        'cancelled',
        'cancelled',
      ]);
    });
    expect(await paymentRow(holdfast.current, at.paymentId)).toMatchObject({ payment_status: 'refunded' });
    const again = await checkOut(holdfast.current, { eventId: at.eventId, seatIds: [1, 2] });
    expect(again.url).toContain('cs_test_');
  });

  it('a dispute flags the payment and is kept', async () => {
    await control(holdfast.current, 'POST', 'api', { settleMs: 100 });
    const at = await paidFor([1], '4000000000000259');
    await eventually(async () =>
      expect((await paymentRow(holdfast.current, at.paymentId)).flag).toBe('disputed'),
    );
    const { db } = holdfast.current.server.resources;
    expect(
      await db.selectFrom('disputes').selectAll().where('payment_id', '=', toBytes(at.paymentId)).execute(),
    ).toMatchObject([{ amount: 2500, currency: 'EUR' }]);
    expect((await payment(at)).bookings).toMatchObject([{ status: 'confirmed' }]);
  });

  // Last: Stripe's clock goes forward only, and is a day ahead of ours from here on.
  it('tried again after a day, when Stripe has forgotten the key, is not made twice', async () => {
    const at = await paidFor([1]);
    await dropWebhooks(holdfast.current);
    await breakStripe(holdfast.current, {
      path: '/v1/refunds',
      method: 'POST',
      answer: 'reset',
      when: 'after',
      times: 2,
    });
    const refundId = await ask(at, 2500, 'cause');
    expect(await sendRefund(holdfast.current.server.resources, refundId ?? '')).toBe('later');
    await mendStripe(holdfast.current);
    await control(holdfast.current, 'POST', 'clock', { advanceSeconds: 25 * 3600 });
    await dueNow(at);
    expect(await sendRefund(holdfast.current.server.resources, refundId ?? '')).toBe('sent');
    expect(await moneyOf(holdfast.current, at.sessionId)).toEqual({ captured: 2500, refunded: 2500 });
  });
});

async function paidFor(seatIds: readonly number[], card?: string): Promise<AtCheckout> {
  const { eventId } = await createTestEvent(holdfast.current);
  const at = await checkOut(holdfast.current, { eventId, seatIds });
  await pay(holdfast.current, at.sessionId, card);
  await eventually(async () => expect((await payment(at)).bookings).toHaveLength(seatIds.length));
  return at;
}

function ask(at: AtCheckout, amount: number, cause: string): Promise<string | null> {
  return inTransaction(holdfast.current.server.resources.db, async (tx) => {
    const locked = await lockPayment(tx, at.paymentId);
    if (locked === null) throw new Error('no payment');
    return requestRefund(tx, locked, { amount, reason: 'test', dedupeKey: `${cause}:${at.paymentId}` });
  });
}

function send() {
  return sendDueRefunds(holdfast.current.server.resources);
}

async function dueNow(at: AtCheckout): Promise<void> {
  const { db } = holdfast.current.server.resources;
  await db
    .updateTable('refunds')
    .set({ next_try_at: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 1 HOUR` })
    .where('payment_id', '=', toBytes(at.paymentId))
    .execute();
}
