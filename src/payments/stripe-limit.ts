import { z } from 'zod';
import { loadScript } from '../platform/lua-script.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';

/** A moment at which a request may be sent, so many milliseconds from now; or how long it would have been. */
export type Slot =
  | { readonly outcome: 'reserved'; readonly waitMs: number }
  | { readonly outcome: 'full'; readonly waitMs: number };

/** Each endpoint has a bucket of its own: Stripe limits each to 25 requests a second (docs.stripe.com/rate-limits). */
export type StripeEndpoint =
  | 'checkout.sessions.create'
  | 'checkout.sessions.retrieve'
  | 'checkout.sessions.expire'
  | 'refunds.create'
  | 'refunds.list'
  | 'disputes.retrieve'
  | 'events.list'
  | 'payment_intents.list';

const reserveScript = loadScript(new URL('./reserve-slot.lua', import.meta.url), (reply) =>
  z.tuple([z.enum(['reserved', 'full']), z.number()]).parse(reply),
);

/** When Redis is away each process keeps the rate by itself: the moment from which each endpoint is free. */
const localBuckets = onePer((_resources: Resources) => new Map<string, number>());

/** Reserves the next moment at which all processes together stay within Stripe's rate. `waitMsMax`: give up beyond it. */
export async function reserveSlot(
  resources: Resources,
  endpoint: StripeEndpoint,
  waitMsMax: number,
): Promise<Slot> {
  const { config, redis, log } = resources;
  const bucket = bucketOf(resources, endpoint);
  try {
    const spaceUs = Math.ceil(1_000_000 / config.stripe.requestsPerSecond);
    const [outcome, waitMs] = await reserveScript(
      redis,
      [`stripe-limit:${bucket}`],
      [spaceUs, Math.round(waitMsMax)],
    );
    return { outcome, waitMs };
  } catch (error) {
    log.warn(
      { endpoint, reason: error instanceof Error ? error.message : String(error) },
      'stripe-limit.local',
    );
    return reserveLocally(resources, bucket, waitMsMax);
  }
}

/** Of Stripe's own sandbox the limit is one for all endpoints. */
function bucketOf({ config }: Resources, endpoint: StripeEndpoint): string {
  const isSandbox = config.stripe.apiBase === null && /^(sk|rk)_test_/.test(config.stripe.secretKey);
  return isSandbox ? 'sandbox' : endpoint;
}

function reserveLocally(resources: Resources, bucket: string, waitMsMax: number): Slot {
  const buckets = localBuckets(resources);
  const nowMs = resources.clock.nowMs();
  const freeAtMs = Math.max(nowMs, buckets.get(bucket) ?? 0);
  const waitMs = freeAtMs - nowMs;
  if (waitMs > waitMsMax) return { outcome: 'full', waitMs };
  buckets.set(bucket, freeAtMs + 1_000 / resources.config.stripe.requestsPerSecond);
  return { outcome: 'reserved', waitMs };
}
