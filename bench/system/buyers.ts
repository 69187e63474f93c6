import { signAccessToken } from '../../src/accounts/access-token.ts';
import { newId } from '../../src/platform/id.ts';
import type { Resources } from '../../src/resources.ts';

/** What so many guests send as `Authorization`, without the requests that would make them. */
export function makeBuyers(resources: Resources, count: number): string[] {
  return Array.from({ length: count }, () => {
    const identity = { userId: newId(), role: 'buyer' as const, isGuest: true, sessionId: newId() };
    return `Bearer ${signAccessToken(resources, identity)}`;
  });
}
