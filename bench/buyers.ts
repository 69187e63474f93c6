import { signAccessToken } from '../src/accounts/access-token.ts';
import { newId } from '../src/platform/id.ts';
import type { Resources } from '../src/resources.ts';

export type Buyer = { readonly userId: string; readonly authorization: string };

/** Guests with access tokens, without the requests that would make them. */
export function makeBuyers(resources: Resources, count: number): Buyer[] {
  return Array.from({ length: count }, () => {
    const userId = newId();
    const token = signAccessToken(resources, { userId, role: 'buyer', isGuest: true, sessionId: newId() });
    return { userId, authorization: `Bearer ${token}` };
  });
}
