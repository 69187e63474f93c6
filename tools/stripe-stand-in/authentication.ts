import { ApiError } from './api-error.ts';

/**
 * Any test key will do, as Bearer or as the user name of Basic. A live key is refused before anything
 * else: whoever sends one believes that money moves.
 */
export function requireApiKey(authorization: string | undefined): void {
  const key = keyOf(authorization);
  if (key === undefined) {
    throw unauthorized(
      'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
        "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (/^[rs]k_test_./.test(key)) return;
  if (/^[rs]k_live_/.test(key)) {
    throw unauthorized(
      `Invalid API Key provided: ${masked(key)}. This is the Stripe stand-in, where no money moves: it takes ` +
        'keys that start with sk_test_ and refuses live ones.',
    );
  }
  throw unauthorized(`Invalid API Key provided: ${masked(key)}`);
}

function keyOf(authorization: string | undefined): string | undefined {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ', 2);
  if (value === '') return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0] || undefined;
}

/** As Stripe shows keys in errors: the beginning and the last four. */
function masked(key: string): string {
  return key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`;
}

function unauthorized(message: string): ApiError {
  return new ApiError(401, { type: 'invalid_request_error', message });
}
