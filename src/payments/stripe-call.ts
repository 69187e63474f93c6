import { setTimeout as wait } from 'node:timers/promises';
import type { Resources } from '../resources.ts';
import { StripeFailure, toStripeFailure } from './stripe-failure.ts';
import type { StripeClient } from './stripe-gateway.ts';
import { reserveSlot, type StripeEndpoint } from './stripe-limit.ts';

export type StripeCall = {
  readonly endpoint: StripeEndpoint;
  /** What the answer's `object` must say. */
  readonly expects: string;
  /** The caller has reserved a slot, and waited for it, before its first try. */
  readonly isReserved?: boolean;
};

const TRIES_MAX = 3;
const SLOT_WAIT_MS_MAX = 5_000;
const BACKOFF_MS = 300;
const BACKOFF_MS_MAX = 5_000;

/**
 * The one way to Stripe: waits for a slot in its rate, and tries again when it says "too many" (HTTP 429) or that the
 * same request is still running (409); `work` must send the same idempotency key each time. The package takes some
 * answers of broken proxies for success, so what comes back is believed only if it says that it is what was asked for.
 * @throws StripeFailure
 */
export async function callStripe<Result extends { object: string }>(
  resources: Resources,
  call: StripeCall,
  work: (stripe: StripeClient) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    if (call.isReserved !== true || tries > 1) await waitForSlot(resources, call.endpoint);
    try {
      return expectObject(await work(resources.stripe), call.expects);
    } catch (error) {
      const failure = toStripeFailure(error);
      resources.log.warn(
        { endpoint: call.endpoint, kind: failure.kind, code: failure.code, reason: failure.message, tries },
        'stripe.failed',
      );
      if (failure.kind !== 'busy' || tries >= TRIES_MAX) throw failure;
      await wait(backoffMs(failure, tries));
    }
  }
}

async function waitForSlot(resources: Resources, endpoint: StripeEndpoint): Promise<void> {
  const slot = await reserveSlot(resources, endpoint, SLOT_WAIT_MS_MAX);
  if (slot.outcome === 'full')
    throw new StripeFailure('busy', `Stripe's rate for ${endpoint} is used up for ${slot.waitMs} ms.`);
  if (slot.waitMs > 0) await wait(slot.waitMs);
}

function expectObject<Result extends { object: string }>(result: Result, expected: string): Result {
  if (result.object === expected) return result;
  throw new StripeFailure('server_error', `Stripe's answer is no ${expected}.`);
}

function backoffMs(failure: StripeFailure, tries: number): number {
  const doubling = BACKOFF_MS * 2 ** (tries - 1) * (0.5 + Math.random());
  return Math.min(BACKOFF_MS_MAX, Math.max(doubling, failure.retryAfterMs ?? 0));
}
