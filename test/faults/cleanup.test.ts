import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/platform/config.ts';
import { toBytes } from '../../src/platform/id.ts';
import { audit } from '../../src/reconciliation/audit.ts';
import { HOLDS_EXPIRY_DUE } from '../../src/reconciliation/jobs.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { type RunningProcess, startCleanupWorker } from '../../workers/cleanup-worker.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { plantBookings, plantHolds, plantLocks, readSeats } from '../workers/inventory.ts';

const INTERVAL_MS = 1_000;
/** For the work itself, on a machine that is busy with other tests. */
const MARGIN_MS = 5_000;
const FREE = { status: 'available', holdId: null, token: null };
const holdfast = useHoldfast({ env: { HOLD_TTL_SECONDS: '2', CLEANUP_INTERVAL_SECONDS: '1' } });
const resources = () => holdfast.current.server.resources;
const workers: RunningProcess[] = [];
const servers: RunningServer[] = [];

beforeAll(async () => {
  const config = loadConfig(holdfast.current.env);
  workers.push(await startCleanupWorker(config), await startCleanupWorker(config));
  servers.push(await startServer({ ...config, http: { ...config.http, port: 0 } }));
});

afterAll(async () => {
  for (const each of [...workers, ...servers]) await each.stop();
});

async function expiredEntries(eventId: string): Promise<number> {
  const { rows } = await sql<{ entries: number }>`
    SELECT COUNT(*) AS entries FROM seat_log WHERE event_id = ${toBytes(eventId)} AND reason = 'expired'
  `.execute(resources().db);
  return Number(rows[0]?.entries);
}

it('abandoned cart / its seats are free in both stores within its expiry and one interval', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const hold = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2, 3] });
  expect(hold.status).toBe(201);
  const leftMs = Date.parse(hold.body.expiresAt) - Date.parse(hold.body.serverTime);
  const startedMs = performance.now();
  await eventually(
    async () => expect(await readSeats(resources(), eventId, 3)).toEqual([FREE, FREE, FREE]),
    30_000,
  );
  expect(performance.now() - startedMs).toBeLessThan(leftMs + INTERVAL_MS + MARGIN_MS);
});

it('two cleanup workers at once / every hold is ended once, and the work is done by one at a time', async () => {
  const { eventId } = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 50 });
  const lists = Array.from({ length: 250 }, (_, index) => [index * 2 + 1, index * 2 + 2]);
  let overdue = 0;
  // As long as somebody else holds the leadership, neither of them cleans anything up.
  await eventually(async () => {
    const wasAlone = await resources().leader.runAlone(HOLDS_EXPIRY_DUE.name, 5_000, async () => {
      const holds = await plantHolds(resources().db, eventId, lists, { expiresInMs: -10 });
      overdue = holds.length;
      await plantLocks(resources(), eventId, holds, 60_000);
      const due = await runsOf(HOLDS_EXPIRY_DUE.name);
      await eventually(async () => expect(await runsOf(HOLDS_EXPIRY_DUE.name)).toBeGreaterThan(due));
      expect(await expiredEntries(eventId)).toBe(0);
    });
    expect(wasAlone).toBe(true);
  });
  expect(overdue).toBe(250);
  await eventually(async () =>
    expect(
      (await readSeats(resources(), eventId, 500)).every(
        (seat) => seat.status === 'available' && seat.token === null,
      ),
    ).toBe(true),
  );
  expect(await expiredEntries(eventId)).toBe(500);
});

/** How often the scheduler has made a run due. */
async function runsOf(name: string): Promise<number> {
  const scheduler = await resources().queues.byName.cleanup.getJobScheduler(name);
  return scheduler?.next ?? 0;
}

it('FLUSHALL / the schedule comes back by itself, and Redis is whole within one interval', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [paying] = await plantHolds(resources().db, eventId, [[1]], {
    expiresInMs: 60_000,
    status: 'checkout',
  });
  await plantBookings(resources().db, eventId, [[2]]);
  await plantHolds(resources().db, eventId, [[3]], { expiresInMs: -10 });
  await resources().redis.flushall();
  const startedMs = performance.now();
  await eventually(async () => {
    const seats = await readSeats(resources(), eventId, 3);
    expect(seats.map((seat) => seat.token)).toEqual([paying?.holdId, 'booked', null]);
    expect(seats[2]?.status).toBe('available');
  });
  expect(performance.now() - startedMs).toBeLessThan(INTERVAL_MS + MARGIN_MS);
  expect(
    (await audit(resources(), { withStripe: false })).findings.flatMap((found) => found.examples),
  ).toEqual([]);
});

it('a cleanup worker whose clock was minutes ahead has put the next run there / the others do not wait for it', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const { cleanup } = resources().queues.byName;
  const farAheadMs = Date.now() + 10 * 60_000;
  await eventually(async () => {
    await cleanup.removeJobScheduler(HOLDS_EXPIRY_DUE.name);
    await cleanup.upsertJobScheduler(
      HOLDS_EXPIRY_DUE.name,
      { every: INTERVAL_MS / 2, startDate: farAheadMs },
      { name: HOLDS_EXPIRY_DUE.name, opts: { removeOnComplete: true } },
    );
    expect(await runsOf(HOLDS_EXPIRY_DUE.name)).toBeGreaterThanOrEqual(farAheadMs);
  });
  await plantHolds(resources().db, eventId, [[1]], { expiresInMs: -10 });
  await eventually(async () => expect((await readSeats(resources(), eventId, 1))[0]).toEqual(FREE));
});

it('keyspace-expiry events used to restore stock: every server restored it once', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const told: unknown[] = [];
  const stop = await resources().pubSub.subscribe(`seat-changes:${eventId}`, (message) =>
    told.push(...JSON.parse(message).changes),
  );
  const buyer = await guest(holdfast.current);
  expect((await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] })).status).toBe(201);
  await eventually(async () => expect((await readSeats(resources(), eventId, 1))[0]).toEqual(FREE), 20_000);
  // Two servers and two cleanup workers run. The seat came free once, and no key that expires tells anybody anything.
  await eventually(() =>
    expect(told).toEqual([
      [1, 'l'],
      [1, 'a'],
    ]),
  );
  expect(await expiredEntries(eventId)).toBe(1);
  expect(await resources().redis.config('GET', 'notify-keyspace-events')).toContain('');
  await stop();
});
