import { expect } from 'vitest';
import type { Client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects of a body by its assertions
export type Taken = { readonly isHeld: boolean; readonly status: number; readonly body: any };

const DECIDED_WITHIN_MS = 20_000;

/** Asks for seats and waits until it is decided, also where a busy machine answers 202 first. */
export async function takeSeats(buyer: Client, eventId: string, seatIds: readonly number[]): Promise<Taken> {
  const { status, body } = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds });
  if (status !== 202) return { isHeld: status === 201, status, body };
  return await eventually(async () => {
    const hold = await buyer.request('GET', `/api/holds/${body.id}`);
    expect(hold.body.status).not.toBe('queued');
    return { isHeld: hold.body.status === 'held', status: hold.status, body: hold.body };
  }, DECIDED_WITHIN_MS);
}
