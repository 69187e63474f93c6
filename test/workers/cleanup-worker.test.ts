import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { newId, toBytes } from '../../src/platform/id.ts';
import { runCleanup } from '../../workers/cleanup-worker.ts';
import { startWorkerProcess } from '../faults/worker-process.ts';
import { breakStripe, mendStripe } from '../support/checkout.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { plantHolds, readSeats } from './inventory.ts';

const holdfast = useHoldfast({ seatWorker: false });
const resources = () => holdfast.current.server.resources;

it('runCleanup / one step fails / the others run all the same', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  await plantHolds(resources().db, eventId, [[1]], { expiresInMs: -10 });
  await breakStripe(holdfast.current, { path: '/v1/events', answer: '500', times: 20 });
  const done = await runCleanup(resources());
  await mendStripe(holdfast.current);
  expect(done['poll-stripe-events']).toEqual({ failed: 1 });
  expect(done['expire-holds']).toEqual({ holds: 1, seats: 1 });
  expect(Object.keys(done)).toHaveLength(13);
  expect(Object.entries(done).filter(([, did]) => did['failed'] === 1)).toHaveLength(1);
});

it('runCleanup / what nobody asks for any more / is deleted, and the young is kept', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const { db } = resources();
  const hour = 60 * 60 * 1000;
  const claim = (ageMs: number) => ({
    event_id: toBytes(eventId),
    claim_id: toBytes(newId(Date.now() - ageMs)),
    hold_id: toBytes(newId()),
    user_id: toBytes(newId()),
    outcome: 'held' as const,
    seat_ids: '[]',
    created_at: new Date(Date.now() - ageMs),
  });
  const key = (ageMs: number) => ({
    actor: 'test',
    idempotency_key: newId(),
    request_hash: Buffer.alloc(32),
    created_at: new Date(Date.now() - ageMs),
  });
  const event = (ageMs: number, status: 'done' | 'dead') => ({
    stripe_event_id: `evt_${newId()}`,
    type: 'test',
    livemode: 0,
    payload: '{}',
    status,
    received_at: new Date(Date.now() - ageMs),
  });
  await db
    .insertInto('hold_claims')
    .values([claim(25 * hour), claim(26 * hour), claim(hour)])
    .execute();
  await db
    .insertInto('idempotency_keys')
    .values([key(25 * hour), key(hour)])
    .execute();
  await db
    .insertInto('stripe_events')
    .values([event(41 * 24 * hour, 'done'), event(41 * 24 * hour, 'dead'), event(hour, 'done')])
    .execute();

  const { prune } = await runCleanup(resources());

  expect(prune).toEqual({ idempotencyKeys: 1, claims: 2, stripeEvents: 1 });
  expect((await runCleanup(resources()))['prune']).toEqual({
    idempotencyKeys: 0,
    claims: 0,
    stripeEvents: 0,
  });
});

it(
  'cleanup worker / as a process / frees what is overdue by its schedule, and SIGTERM ends it with exit code 0',
  { timeout: 90_000 },
  async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    await plantHolds(resources().db, eventId, [[1, 2]], { expiresInMs: -10 });
    const worker = await startWorkerProcess(holdfast.current, 'cleanup-worker');
    await eventually(async () => {
      // The server makes this view anew only when it was not read for 100 ms.
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect((await readSeats(resources(), eventId, 2)).map((seat) => seat.status)).toEqual([
        'available',
        'available',
      ]);
    }, 30_000);
    expect(await worker.end()).toBe(0);
    expect(await worker.log()).toContain('process.stopped');
    const { rows } = await sql<{ open: number }>`
    SELECT COUNT(*) AS open FROM information_schema.innodb_trx AS trx
    JOIN information_schema.processlist AS thread ON thread.id = trx.trx_mysql_thread_id AND thread.db = DATABASE()
  `.execute(resources().db);
    expect(Number(rows[0]?.open)).toBe(0);
  },
);
