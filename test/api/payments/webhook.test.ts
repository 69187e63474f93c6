import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';
import { migrate } from '../../../db/migrate.ts';
import { startServer } from '../../../src/server.ts';
import { checkOut, mendStripe, pay, payment, paymentRow } from '../../support/checkout.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { startMariadb } from '../../support/servers.ts';
import {
  WEBHOOK_SECRET,
  deliver,
  inboxRow,
  postToWebhook,
  signatureOf,
  stripeEvent,
} from '../../support/stripe-events.ts';

const PREVIOUS = 'whsec_the_one_before';
const holdfast = useHoldfast({ env: { STRIPE_WEBHOOK_SECRET_PREVIOUS: PREVIOUS } });
afterEach(() => mendStripe(holdfast.current));

describe('POST /api/stripe/webhook', () => {
  it('with a good signature stores the event before it answers 200', async () => {
    const event = stripeEvent();
    expect(await deliver(holdfast.current, event)).toMatchObject({ status: 200, body: { received: true } });
    expect(await inboxRow(holdfast.current, event.id)).toMatchObject({
      type: event.type,
      payload: JSON.stringify(event),
    });
  });

  it('with a wrong, a missing, an old or a changed signature answers 400 and stores nothing', async () => {
    const event = stripeEvent();
    const payload = JSON.stringify(event);
    const old = Math.floor(Date.now() / 1000) - 301;
    const signatures = [
      signatureOf(payload, 'whsec_another'),
      signatureOf(payload, WEBHOOK_SECRET, old),
      signatureOf(`${payload} `),
      't=1,v1=00',
      '',
    ];
    for (const signature of signatures) {
      const answer = await postToWebhook(holdfast.current, payload, signature);
      expect(answer).toMatchObject({ status: 400, body: { code: 'bad_signature' } });
    }
    expect(await inboxRow(holdfast.current, event.id)).toBeUndefined();
  });

  it('while a secret is replaced takes the previous one too', async () => {
    const event = stripeEvent();
    expect((await deliver(holdfast.current, event, PREVIOUS)).status).toBe(200);
  });

  it('of the other mode (live) is kept as ignored', async () => {
    const event = { ...stripeEvent(), livemode: true };
    expect((await deliver(holdfast.current, event)).status).toBe(200);
    expect(await inboxRow(holdfast.current, event.id)).toMatchObject({ status: 'ignored', livemode: 1 });
  });

  it('of a type that means nothing to us ends as ignored', async () => {
    const event = {
      ...stripeEvent(),
      type: 'customer.created',
      data: { object: { id: 'cus_1', object: 'customer' } },
    };
    await deliver(holdfast.current, event);
    await eventually(async () =>
      expect(await inboxRow(holdfast.current, event.id)).toMatchObject({ status: 'ignored' }),
    );
  });

  it('repeated days later, when any cache has forgotten it, changes nothing', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
    await pay(holdfast.current, at.sessionId);
    await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
    const { db, redis } = holdfast.current.server.resources;
    const row = await db
      .selectFrom('stripe_events')
      .selectAll()
      .where('object_id', '=', at.sessionId)
      .executeTakeFirstOrThrow();
    await eventually(async () =>
      expect((await inboxRow(holdfast.current, row.stripe_event_id))?.status).toBe('done'),
    );
    await db
      .updateTable('stripe_events')
      .set({
        received_at: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 3 DAY`,
        handled_at: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 3 DAY`,
      })
      .where('stripe_event_id', '=', row.stripe_event_id)
      .execute();
    await redis.flushall();
    const before = await paymentRow(holdfast.current, at.paymentId);
    expect((await postToWebhook(holdfast.current, row.payload, signatureOf(row.payload))).status).toBe(200);
    expect(
      await db.selectFrom('stripe_events').select('status').where('object_id', '=', at.sessionId).execute(),
    ).toHaveLength(1);
    expect(await paymentRow(holdfast.current, at.paymentId)).toEqual(before);
    expect((await payment(at)).bookings).toHaveLength(1);
  });

  it('while MySQL is down answers 503, so that Stripe delivers again, and 200 only once it is stored', async () => {
    const mariadb = await startMariadb();
    const env = { ...holdfast.current.env, PORT: '0', DATABASE_URL: mariadb.url, LOG_LEVEL: 'silent' };
    const server = await startServer(loadConfig(env));
    await migrate(server.resources.db);
    const event = stripeEvent();
    const payload = JSON.stringify(event);
    const url = `http://127.0.0.1:${server.port}`;
    await mariadb.kill();
    expect((await postToWebhook({ url }, payload, signatureOf(payload))).status).toBe(503);
    await mariadb.restart();
    await eventually(async () =>
      expect((await postToWebhook({ url }, payload, signatureOf(payload))).status).toBe(200),
    );
    const rows = await server.resources.db.selectFrom('stripe_events').select('stripe_event_id').execute();
    expect(rows).toEqual([{ stripe_event_id: event.id }]);
    await server.stop();
    await mariadb.stop();
  });
});
