import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expireOverdueHolds } from '../../src/holds/expire-holds.ts';
import { audit, waitForRest } from '../../src/reconciliation/audit.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { readSeats, statusOfHold } from '../workers/inventory.ts';
import { type WorkerProcess, startWorkerProcess } from './worker-process.ts';

const TEST_WITHIN_MS = 100_000;
const holdfast = useHoldfast({ seatWorker: false, env: { HOLD_TTL_SECONDS: '2', HOLD_MAX_SECONDS: '30' } });
let frozen: WorkerProcess;
let other: WorkerProcess;

beforeAll(async () => {
  frozen = await startWorkerProcess(holdfast.current, 'seat-worker');
}, TEST_WITHIN_MS);

afterAll(async () => {
  await frozen.kill();
  await other.end();
});

it(
  "a seat worker frozen (SIGSTOP) with a claim in its hands until the hold is over and the seat another buyer's / thawed, it takes nothing",
  { timeout: TEST_WITHIN_MS },
  async () => {
    const { resources } = holdfast.current.server;
    const { eventId } = await createTestEvent(holdfast.current);
    const [early, late] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
    const path = `/api/events/${eventId}/holds`;
    let answered: Awaited<ReturnType<typeof early.request>> | undefined;

    // Its last statement waits for a table lock, on the server: it has taken the job, and granted the claim.
    await resources.db.connection().execute(async (connection) => {
      await sql`LOCK TABLES seat_log WRITE`.execute(connection);
      answered = await early.request('POST', path, { seatIds: [1, 2] }, { prefer: 'respond-async' });
      await eventually(async () => {
        const { rows } = await sql<{ waiting: number }>`
          SELECT COUNT(*) AS waiting FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock%'
        `.execute(connection);
        expect(Number(rows[0]?.waiting)).toBeGreaterThan(0);
      });
      frozen.freeze();
      await sql`UNLOCK TABLES`.execute(connection);
    });
    expect(answered?.status).toBe(202);

    // Another worker is given the job once the frozen one counts as dead; the hold runs its time and is freed.
    other = await startWorkerProcess(holdfast.current, 'seat-worker');
    const holdId = String(Object(answered?.body).id);
    await eventually(async () => expect(await statusOfHold(resources.db, holdId)).toBe('held'), 40_000);
    await eventually(async () => {
      await expireOverdueHolds(resources);
      expect(await statusOfHold(resources.db, holdId)).toBe('expired');
    });
    const won = await late.request('POST', path, { seatIds: [1] });
    expect(won.status).toBe(201);

    frozen.thaw();
    await eventually(async () =>
      expect(await frozen.log()).toMatch(/hold\.(held|rejected)|job\.(failed|end-not-noted)|worker\./),
    );
    expect(await waitForRest(resources, 1_000)).toEqual(expect.not.objectContaining({ claimJobs: 1 }));
    const seats = await readSeats(resources, eventId, 2);
    expect(seats[0]?.holdId === won.body.id || seats[0]?.status === 'available').toBe(true);
    expect(seats[1]).toEqual({ status: 'available', holdId: null, token: null });
    expect(await statusOfHold(resources.db, holdId)).toBe('expired');
    expect((await audit(resources)).findings.flatMap((found) => found.examples)).toEqual([]);
  },
);
