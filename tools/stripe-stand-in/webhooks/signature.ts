import { createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` header: HMAC-SHA256 with the endpoint's secret over `<seconds>.<body>`
 * (docs.stripe.com/webhooks#verify-manually). Made here without the `stripe` package, so that a test of
 * the receiver doesn't check that package against itself.
 */
export function signWebhook(body: string, secret: string, seconds: number): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
