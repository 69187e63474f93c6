import { expect, it } from 'vitest';
import { audit } from '../../src/reconciliation/audit.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';
import { runCleanup } from '../../workers/cleanup-worker.ts';

const holdfast = useHoldfast({ env: { DATABASE_POOL_MAX: '2' } });
const BUYERS = 100;

it(
  'a second pool connection inside a transaction starves the pool: a hundred at once get by with two connections',
  { timeout: 60_000 },
  async () => {
    const { resources } = holdfast.current.server;
    const { eventId } = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 10 });
    const buyers = await Promise.all(Array.from({ length: BUYERS }, () => guest(holdfast.current)));
    const bought = await Promise.all(
      buyers.map(async (buyer, index) => {
        const hold = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [index + 1] });
        const checkout = await buyer.request('POST', `/api/holds/${hold.body.id}/checkout`, {});
        const left = await buyer.request('DELETE', `/api/holds/${hold.body.id}/checkout`);
        const released = await buyer.request('DELETE', `/api/holds/${hold.body.id}`);
        return [hold.status, checkout.status, left.status, released.status];
      }),
    );
    expect(bought).toEqual(buyers.map(() => [201, 200, 200, 200]));
    expect(Object.values(await runCleanup(resources)).every((did) => did['failed'] !== 1)).toBe(true);
    expect((await audit(resources)).findings.flatMap((found) => found.examples)).toEqual([]);
  },
);
