import { signAccessToken } from '../../src/accounts/access-token.ts';
import { newId } from '../../src/platform/id.ts';
import { type Client, client } from './client.ts';
import type { Holdfast } from './harness.ts';

export type TestEvent = { readonly eventId: string; readonly seatCount: number; readonly organiser: Client };

export type TestEventOptions = {
  readonly rows?: number;
  readonly seatsPerRow?: number;
  readonly price?: number;
  readonly publish?: boolean;
  /** Whatever else the organiser's API takes. */
  readonly details?: Readonly<Record<string, unknown>>;
};

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Someone who manages events, without the cost of a password. */
export function organiser(holdfast: Holdfast, role: 'organiser' | 'admin' = 'organiser'): Client {
  const userId = newId();
  const token = signAccessToken(holdfast.server.resources, {
    userId,
    role,
    isGuest: false,
    sessionId: newId(),
  });
  return client(holdfast, { token, userId });
}

/** An event on sale with one tier (id 1) in straight rows; seat 1 is the first of the front row. */
export async function createTestEvent(
  holdfast: Holdfast,
  options: TestEventOptions = {},
): Promise<TestEvent> {
  const { rows = 5, seatsPerRow = 10, price = 2500 } = options;
  const owner = organiser(holdfast);
  const created = await owner.request('POST', '/api/admin/events', {
    name: 'An evening of tests',
    date: new Date(Date.now() + WEEK_MS).toISOString(),
    currency: 'EUR',
    prices: { Stalls: price },
    generator: {
      name: 'A hall',
      categories: [{ name: 'Stalls' }],
      parts: [{ kind: 'rows', name: 'Stalls', category: 'Stalls', rows, seatsPerRow }],
    },
    ...options.details,
  });
  if (created.status !== 201) throw new Error(`No event: ${created.status} ${JSON.stringify(created.body)}`);
  const eventId: string = created.body.id;
  if (options.publish !== false) {
    const published = await owner.request('POST', `/api/admin/events/${eventId}/publish`);
    if (published.status !== 200)
      throw new Error(`Not published: ${published.status} ${JSON.stringify(published.body)}`);
  }
  return { eventId, seatCount: rows * seatsPerRow, organiser: owner };
}
