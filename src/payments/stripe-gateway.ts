import { Stripe } from 'stripe';
import type { Config } from '../platform/config.ts';

/** The one place that names Stripe's API version: the one that the pinned package was made for. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

const TIMEOUT_MS = 10_000;
/** None by the package itself: each try must first have a slot in Stripe's rate, so `callStripe` and the jobs retry. */
const RETRIES_MAX = 0;

export type StripeClient = Stripe;

/** The client of Stripe's API; with `apiBase` it talks to a stand-in instead. */
export function openStripe(config: Config['stripe']): StripeClient {
  const base = config.apiBase === null ? null : new URL(config.apiBase);
  return new Stripe(config.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES_MAX,
    telemetry: false,
    ...(base === null
      ? {}
      : {
          host: base.hostname,
          port: Number(base.port),
          protocol: base.protocol === 'http:' ? 'http' : 'https',
        }),
  });
}

/** Whether real money moves with this key. */
export function isLiveKey(config: Config['stripe']): boolean {
  return /^(sk|rk)_live_/.test(config.secretKey);
}
