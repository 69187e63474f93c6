import { sql } from 'kysely';
import { describe, expect, it, test } from 'vitest';
import { beginCheckout } from '../../../src/checkout/begin-checkout.ts';
import { endOverdueCheckouts, chasePayments } from '../../../src/checkout/chase-payments.ts';
import { openRequestedCheckout } from '../../../src/checkout/open-checkout.ts';
import { StripeFailure } from '../../../src/payments/stripe-failure.ts';
import { reserveSlot } from '../../../src/payments/stripe-limit.ts';
import { toBytes } from '../../../src/platform/id.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import { openResources } from '../../../src/resources.ts';
import {
  breakStripe,
  control,
  hold,
  holdStatus,
  letTimePass,
  mendStripe,
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

const RATE = 2;
const holdfast = useHoldfast({
  env: { STRIPE_REQUESTS_PER_SECOND: String(RATE), CHECKOUT_WINDOW_SECONDS: '3', HOLD_TTL_SECONDS: '30' },
});
const resources = () => holdfast.current.server.resources;

describe('reserveSlot', () => {
  it('with Redis away keeps the rate within the process', async () => {
    await holdfast.current.redis.kill();
    const slots = [];
    for (let count = 0; count < 3; count += 1)
      slots.push(await reserveSlot(resources(), 'events.list', 60_000));
    expect(slots.map((slot) => slot.outcome)).toEqual(['reserved', 'reserved', 'reserved']);
    expect(slots.at(-1)?.waitMs ?? 0).toBeGreaterThanOrEqual(0);
    await holdfast.current.redis.restart();
  });

  it('gives out moments evenly to all processes together, says how long each waits, and refuses beyond the limit', async () => {
    const other = await openResources(loadConfig(holdfast.current.env), 'another');
    await resources().redis.del('stripe-limit:events.list');
    const slots = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => reserveSlot(n % 2 === 0 ? resources() : other, 'events.list', 60_000)),
    );
    const waits = slots.map((slot) => slot.waitMs).toSorted((a, b) => a - b);
    expect(waits[0]).toBe(0);
    expect(waits.at(-1)).toBeGreaterThan(2_000);
    expect(waits.at(-1)).toBeLessThanOrEqual(2_500);
    expect(await reserveSlot(other, 'events.list', 100)).toMatchObject({ outcome: 'full' });
    expect(await reserveSlot(other, 'disputes.retrieve', 100)).toMatchObject({
      outcome: 'reserved',
      waitMs: 0,
    });
    await other.close();
  });
});

describe("Stripe's rate", () => {
  it('more checkouts at once than Stripe takes: each waits its turn and is told, none is refused, and no hold ends', async () => {
    // Stripe is strict: one request too many in a second is answered 429.
    await control(holdfast.current, 'POST', 'api', { endpointRatePerSecond: RATE + 1 });
    const { eventId } = await createTestEvent(holdfast.current);
    const orders = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const buyer = await guest(holdfast.current);
        return { buyer, holdId: await hold(buyer, { eventId, seatIds: [index + 1] }) };
      }),
    );
    const answers = await Promise.all(
      orders.map(({ buyer, holdId }) => buyer.request('POST', `/api/holds/${holdId}/checkout`, {})),
    );
    const waiting = answers.filter((answer) => answer.status === 202);
    expect(answers.every((answer) => answer.status === 200 || answer.status === 202)).toBe(true);
    expect(waiting.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...waiting.map((answer) => answer.body.queuePosition))).toBeGreaterThanOrEqual(6);
    expect(Math.max(...waiting.map((answer) => answer.body.estimatedWaitSeconds))).toBeGreaterThanOrEqual(3);
    // Longer than the checkout window: cleanup works meanwhile, and must end nothing that waits.
    await eventually(async () => {
      await chasePayments(resources());
      await endOverdueCheckouts(resources());
      // A payment that was given up while it waited would never get a session.
      const rows = await Promise.all(
        answers.map((answer) => paymentRow(holdfast.current, answer.body.paymentId)),
      );
      expect(rows.map((row) => row.checkout_session_id !== null)).toEqual(rows.map(() => true));
    }, 20_000);
  });

  it('a buyer who waited gets the whole time to pay, and pays like any other', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const orders = await Promise.all(
      Array.from({ length: 7 }, async (_, index) => {
        const buyer = await guest(holdfast.current);
        return { buyer, holdId: await hold(buyer, { eventId, seatIds: [index + 1] }) };
      }),
    );
    const answers = await Promise.all(
      orders.map(({ buyer, holdId }) => buyer.request('POST', `/api/holds/${holdId}/checkout`, {})),
    );
    const index = answers.findIndex((answer) => answer.status === 202);
    const order = orders[index];
    if (order === undefined) throw new Error('nobody waited');
    const endsMs = async () =>
      Date.parse((await order.buyer.request('GET', `/api/holds/${order.holdId}`)).body.expiresAt);
    const endedMs = await endsMs();
    const paymentId: string = answers[index]?.body.paymentId;
    const { url } = await eventually(async () => {
      const shown = await payment({ buyer: order.buyer, paymentId });
      expect(shown.url).not.toBeNull();
      return shown;
    });
    // Beyond 2 s a turn is waited for without the request.
    expect((await endsMs()) - endedMs).toBeGreaterThan(1_500);
    await pay(holdfast.current, sessionIdIn(url));
    await eventually(async () =>
      expect((await payment({ buyer: order.buyer, paymentId })).bookings).toHaveLength(1),
    );
  });
});

test('Stripe is away for longer than a session is waited for / trying again keeps the seats no longer', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const holdId = await hold(buyer, { eventId, seatIds: [1] });
  const begun = await beginCheckout(resources(), { holdId, userId: buyer.userId ?? '', email: null });
  if (begun.outcome !== 'begun') throw new Error(begun.outcome);
  await resources()
    .db.updateTable('payments')
    .set({ created_at: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 16 MINUTE` })
    .where('payment_id', '=', toBytes(begun.payment.paymentId))
    .execute();
  await letTimePass(holdfast.current, holdId);
  await breakStripe(holdfast.current, {
    path: '/v1/checkout/sessions',
    method: 'POST',
    answer: 'reset',
    when: 'before',
    times: 20,
  });
  await expect(
    openRequestedCheckout(resources(), { paymentId: begun.payment.paymentId, isReserved: true }),
  ).rejects.toBeInstanceOf(StripeFailure);
  await endOverdueCheckouts(resources());
  await mendStripe(holdfast.current);
  expect(await holdStatus(holdfast.current, holdId)).toBe('expired');
  expect((await seatLetters(holdfast.current, eventId))[0]).toBe('a');
});
