import { createHash } from 'node:crypto';
import { ApiError, invalidRequest } from './api-error.ts';
import type { AnswerRecord } from './records.ts';
import { answerKeptSeconds } from './store.ts';
import type { World } from './world.ts';

const keyCharsMax = 255;
const running = new WeakMap<World, Set<string>>();

/** Either the answer kept under the key, or leave to run: nobody else runs with that key until `release`. */
export type Claim = { readonly saved: AnswerRecord } | { release(): void };

/**
 * Stripe's rules (docs.stripe.com/api/idempotent_requests): the first answer is repeated for 24 hours, whether
 * it was a success or a failure; other parameters under the same key are an `idempotency_error`, a second
 * request while the first runs is 409 `idempotency_key_in_use`. Throws ApiError for the last two.
 */
export function claimKey(world: World, key: string, requestHash: string): Claim {
  const saved = world.store.tables.answer.get(key);
  if (saved !== undefined && saved.created + answerKeptSeconds > world.clock.nowSeconds()) {
    if (saved.requestHash === requestHash) return { saved };
    throw new ApiError(400, {
      type: 'idempotency_error',
      message:
        'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  }
  const keys = running.get(world) ?? new Set();
  running.set(world, keys);
  if (keys.has(key)) {
    throw new ApiError(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message:
        `There is currently another in-progress request using this Idempotent Key (that probably means you ` +
        `submitted twice, and the other request is still going through): ${key}`,
    });
  }
  keys.add(key);
  return { release: () => keys.delete(key) };
}

export function requireUsableKey(key: string): void {
  if (key.length <= keyCharsMax) return;
  throw invalidRequest(`Idempotency-Key is too long: at most ${keyCharsMax} characters.`);
}

/** The same for the same request, in whatever order its parameters come. */
export function hashRequest(method: string, path: string, query: string, body: string): string {
  const sorted = `${body}&${query}`.split('&').toSorted().join('&');
  return createHash('sha1').update(`${method} ${path} ${sorted}`).digest('base64');
}
