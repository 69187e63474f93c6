import Stripe from 'stripe';
import type { Config } from '../platform/config.ts';

/** The one place that names Stripe's API version: the one that the pinned package was made for. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

const TIMEOUT_MS = 10_000;
const RETRIES_MAX = 2;

export type StripeClient = Stripe;

/** The client of Stripe's API; with `apiBase` it talks to a stand-in instead. */
export function openStripe(config: Config['stripe']): StripeClient {
  const base = config.apiBase === null ? null : new URL(config.apiBase);
  return new Stripe(config.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES_MAX,
    telemetry: false,
    ...(base === null ? {} : { host: base.hostname, port: Number(base.port), protocol: base.protocol === 'http:' ? 'http' : 'https' }),
  });
}
