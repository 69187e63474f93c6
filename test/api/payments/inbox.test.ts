import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { finishCheckout } from '../../../src/checkout/settle-checkout.ts';
import { applyStripeEvent, type OnSettled } from '../../../src/payments/apply-stripe-event.ts';
import { pollStripeEvents, sweepInbox } from '../../../src/payments/sweep-inbox.ts';
import {
  breakStripe,
  checkOut,
  control,
  dropWebhooks,
  holdStatus,
  mendStripe,
  pay,
  payment,
  paymentRow,
  seatLetters,
} from '../../support/checkout.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { deliver, inboxOf, inboxRow, stripeEvent } from '../../support/stripe-events.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const HOUR_MS = 60 * 60 * 1000;
const finish: OnSettled = (paid) => finishCheckout(holdfast.current.server.resources, paid);

describe('the inbox', () => {
  it('duplicates, two events for one fact, and deliveries in the wrong order book once', async () => {
    await control(holdfast.current, 'POST', 'webhooks', {
      duplicates: 3,
      reorderWindow: 4,
      secondEvent: { times: 5 },
    });
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1, 2] });
    await pay(holdfast.current, at.sessionId);
    await control(holdfast.current, 'POST', 'webhooks/flush');
    await eventually(async () => {
      const rows = await inboxOf(holdfast.current, at.sessionId);
      expect(rows.length).toBeGreaterThanOrEqual(2);
      expect(rows.every((row) => row.status === 'done')).toBe(true);
    });
    expect((await payment(at)).bookings).toHaveLength(2);
    expect((await payment(at)).status).toBe('paid');
    expect((await seatLetters(holdfast.current, eventId)).slice(0, 3)).toBe('bba');
  });

  it('an `expired` that comes after `completed` takes nothing back', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    const late = {
      ...stripeEvent(),
      type: 'checkout.session.expired',
      data: {
        object: { id: at.sessionId, object: 'checkout.session', metadata: { payment_id: at.paymentId } },
      },
    };
    await deliver(holdfast.current, late);
    await eventually(async () => expect((await inboxRow(holdfast.current, late.id))?.status).toBe('done'));
    expect(await payment(at)).toMatchObject({ status: 'paid' });
    expect(await holdStatus(holdfast.current, at.holdId)).toBe('booked');
  });

  it('an event that lies about a payment moves nothing: what Stripe answers decides', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    const lie = stripeEvent({
      id: at.sessionId,
      object: 'checkout.session',
      payment_status: 'paid',
      status: 'complete',
      metadata: { payment_id: at.paymentId },
    });
    await deliver(holdfast.current, lie);
    await eventually(async () => expect((await inboxRow(holdfast.current, lie.id))?.status).toBe('done'));
    expect((await payment(at)).status).toBe('pending');
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('l');
  });

  it('a webhook that never comes only delays: the event is found by asking Stripe for its list', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await dropWebhooks(holdfast.current);
    await pay(holdfast.current, at.sessionId);
    expect(await inboxOf(holdfast.current, at.sessionId)).toEqual([]);
    await holdfast.current.server.resources.redis.del('stripe-events-polled-until');
    const polled = await pollStripeEvents(holdfast.current.server.resources);
    expect(polled.stored).toBeGreaterThan(0);
    await eventually(async () =>
      expect((await paymentRow(holdfast.current, at.paymentId)).fulfilled_at).not.toBeNull(),
    );
    await holdfast.current.server.resources.redis.del('stripe-events-polled-until');
    expect(await pollStripeEvents(holdfast.current.server.resources)).toMatchObject({ stored: 0 });
  });

  it('an event whose job was lost with Redis is queued again by the sweep', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    const { db } = holdfast.current.server.resources;
    await dropWebhooks(holdfast.current);
    await pay(holdfast.current, at.sessionId);
    const event = stripeEvent({
      id: at.sessionId,
      object: 'checkout.session',
      metadata: { payment_id: at.paymentId },
    });
    await db
      .insertInto('stripe_events')
      .values({
        stripe_event_id: event.id,
        type: event.type,
        object_id: at.sessionId,
        livemode: 0,
        api_version: null,
        payload: JSON.stringify(event),
        received_at: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 11 SECOND`,
      })
      .execute();
    const swept = await Promise.all([
      sweepInbox(holdfast.current.server.resources),
      sweepInbox(holdfast.current.server.resources),
    ]);
    expect(swept[0].queued).toBeGreaterThanOrEqual(1);
    await eventually(async () => expect((await inboxRow(holdfast.current, event.id))?.status).toBe('done'));
    await eventually(async () =>
      expect((await paymentRow(holdfast.current, at.paymentId)).fulfilled_at).not.toBeNull(),
    );
  });

  it('what follows from an event fails: the event is not done, and its next try books', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await control(holdfast.current, 'POST', 'webhooks/pause');
    await pay(holdfast.current, at.sessionId);
    const { resources } = holdfast.current.server;
    const event = stripeEvent({ id: at.sessionId, object: 'checkout.session' });
    const values = {
      stripe_event_id: event.id,
      type: event.type,
      object_id: at.sessionId,
      livemode: 0,
      payload: JSON.stringify(event),
      received_at: new Date(),
    };
    await resources.db.insertInto('stripe_events').values(values).execute();
    const failing = () => Promise.reject(new Error('The seats can not be booked now.'));
    await expect(applyStripeEvent(resources, event.id, failing)).rejects.toThrow(/booked now/);
    expect(await inboxRow(holdfast.current, event.id)).toMatchObject({ status: 'received', tries: 1 });
    await applyStripeEvent(resources, event.id, finish);
    expect(await inboxRow(holdfast.current, event.id)).toMatchObject({ status: 'done' });
    expect((await seatLetters(holdfast.current, eventId))[0]).toBe('b');
  });

  it('an event that can never be applied is dead after its tries, and never while Stripe is merely away', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    const { resources } = holdfast.current.server;
    const insert = async (object: Record<string, unknown>) => {
      const event = stripeEvent(object);
      const values = {
        stripe_event_id: event.id,
        type: event.type,
        object_id: String(object['id']),
        livemode: 0,
        payload: JSON.stringify(event),
        received_at: new Date(Date.now() - HOUR_MS),
      };
      await resources.db.insertInto('stripe_events').values(values).execute();
      return event.id;
    };
    const poison = await insert({
      id: 'cs_test_that_is_unknown',
      object: 'checkout.session',
      metadata: { payment_id: at.paymentId },
    });
    for (let tries = 1; tries <= 12; tries += 1)
      await expect(applyStripeEvent(resources, poison, finish)).rejects.toThrow(/No such/);
    expect(await inboxRow(holdfast.current, poison)).toMatchObject({ status: 'dead', tries: 12 });
    await applyStripeEvent(resources, poison, finish);

    await breakStripe(holdfast.current, {
      path: '/v1/checkout/sessions/*',
      method: 'GET',
      answer: '500',
      times: 1_000,
    });
    const unlucky = await insert({
      id: at.sessionId,
      object: 'checkout.session',
      metadata: { payment_id: at.paymentId },
    });
    for (let tries = 1; tries <= 14; tries += 1)
      await expect(applyStripeEvent(resources, unlucky, finish)).rejects.toThrow('');
    expect(await inboxRow(holdfast.current, unlucky)).toMatchObject({ status: 'received', tries: 11 });
    await mendStripe(holdfast.current);
    await applyStripeEvent(resources, unlucky, finish);
    expect(await inboxRow(holdfast.current, unlucky)).toMatchObject({ status: 'done' });
  });
});
