import { randomBytes } from 'node:crypto';
import { Stripe } from 'stripe';
import type { Holdfast } from './harness.ts';

export type TestStripeEvent = {
  id: string;
  object: 'event';
  type: string;
  livemode: boolean;
  api_version: string;
  created: number;
  data: { object: Record<string, unknown> };
};

/** The webhook's secret that the harness sets. */
export const WEBHOOK_SECRET = 'whsec_test_secret';
const signer = new Stripe('sk_test_signs_only');

/** An event as Stripe would send it, about a session of nobody's unless told otherwise. */
export function stripeEvent(
  object: Record<string, unknown> = { id: 'cs_test_of_someone_else', object: 'checkout.session' },
  type = 'checkout.session.completed',
): TestStripeEvent {
  return {
    id: `evt_${randomBytes(8).toString('hex')}`,
    object: 'event',
    type,
    livemode: false,
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    data: { object },
  };
}

/** A signature header; `timestamp` in seconds, now by default. */
export function signatureOf(payload: string, secret = WEBHOOK_SECRET, timestamp?: number): string {
  return signer.webhooks.generateTestHeaderString({
    payload,
    secret,
    ...(timestamp === undefined ? {} : { timestamp }),
  });
}

export function deliver(holdfast: Pick<Holdfast, 'url'>, event: TestStripeEvent, secret = WEBHOOK_SECRET) {
  const payload = JSON.stringify(event);
  return postToWebhook(holdfast, payload, signatureOf(payload, secret));
}

export async function postToWebhook(
  holdfast: Pick<Holdfast, 'url'>,
  payload: string,
  signature: string,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${holdfast.url}/api/stripe/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    body: payload,
  });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

export function inboxRow(holdfast: Holdfast, stripeEventId: string) {
  const { db } = holdfast.server.resources;
  return db
    .selectFrom('stripe_events')
    .selectAll()
    .where('stripe_event_id', '=', stripeEventId)
    .executeTakeFirst();
}

export function inboxOf(holdfast: Holdfast, objectId: string) {
  const { db } = holdfast.server.resources;
  return db.selectFrom('stripe_events').selectAll().where('object_id', '=', objectId).execute();
}
