import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { expireOverdueHolds } from '../../src/holds/expire-holds.ts';
import { listOverdueHolds } from '../../src/holds/expiry-store.ts';
import { toBytes, toHex } from '../../src/platform/id.ts';
import { inTransaction } from '../../src/platform/mysql.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { plantHolds, plantLocks, readSeats, statusOfHold } from './inventory.ts';

const holdfast = useHoldfast();
const FREE = { status: 'available', holdId: null, token: null };

/** Seats 1.. in lists of equal length. */
function lists(count: number, perHold: number): number[][] {
  const first = Array.from({ length: count }, (_, index) => index * perHold + 1);
  return first.map((seatId) => Array.from({ length: perHold }, (_, index) => seatId + index));
}

/** Until so many transactions, or more, wait for a row. */
async function waitingForLocks(count: number): Promise<void> {
  await eventually(async () => {
    // The server makes this view anew only when it was not read for 100 ms.
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { rows } = await sql<{ waiting: number }>`
      SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'
    `.execute(holdfast.current.server.resources.db);
    expect(Number(rows[0]?.waiting)).toBeGreaterThanOrEqual(count);
  });
}

it('expireOverdueHolds / overdue, not yet due and in checkout / frees only the overdue, in both stores, and tells the maps', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current);
  const overdue = await plantHolds(resources.db, eventId, [[1, 2], [3]], { expiresInMs: -50 });
  const open = await plantHolds(resources.db, eventId, [[4]], { expiresInMs: 60_000 });
  const paying = await plantHolds(resources.db, eventId, [[5]], { expiresInMs: -50, status: 'checkout' });
  await plantLocks(resources, eventId, [...overdue, ...open, ...paying], 60_000);
  const told: unknown[] = [];
  const stop = await resources.pubSub.subscribe(`seat-changes:${eventId}`, (message) =>
    told.push(JSON.parse(message).changes),
  );

  expect(await expireOverdueHolds(resources)).toEqual({ holds: 2, seats: 3 });

  const seats = await readSeats(resources, eventId, 5);
  expect(seats.slice(0, 3)).toEqual([FREE, FREE, FREE]);
  expect(seats[3]).toEqual({ status: 'locked', holdId: open[0]?.holdId, token: open[0]?.holdId });
  expect(seats[4]).toEqual({ status: 'locked', holdId: paying[0]?.holdId, token: paying[0]?.holdId });
  expect(await statusOfHold(resources.db, overdue[0]?.holdId ?? '')).toBe('expired');
  await eventually(() => expect(new Set(told.flat().map(String))).toEqual(new Set(['1,a', '2,a', '3,a'])));
  await stop();
});

it('expireOverdueHolds / holds of several events, as they were listed / are ended by one transaction', async () => {
  const { resources } = holdfast.current.server;
  const events = await Promise.all([1, 2, 3].map(() => createTestEvent(holdfast.current)));
  for (const { eventId } of events) {
    const planted = await plantHolds(resources.db, eventId, [[3, 2], [1]], { expiresInMs: -50 });
    await plantLocks(resources, eventId, planted, 60_000);
  }
  let transactions = 0;
  const batches: typeof resources.batches = {
    ...resources.batches,
    transact(statements, check) {
      transactions += 1;
      return resources.batches.transact(statements, check);
    },
  };
  expect(await expireOverdueHolds({ ...resources, batches })).toEqual({ holds: 6, seats: 9 });
  expect(transactions).toBe(1);
  for (const { eventId } of events)
    expect(await readSeats(resources, eventId, 3)).toEqual([FREE, FREE, FREE]);
});

it('expireOverdueHolds / two at once / each hold is ended once and each seat freed once', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current, { rows: 20, seatsPerRow: 50 });
  await plantHolds(resources.db, eventId, lists(500, 2), { expiresInMs: -50 });
  const runs = await Promise.all([
    expireOverdueHolds(resources),
    expireOverdueHolds(resources),
    expireOverdueHolds(resources),
  ]);
  expect(runs.reduce((sum, run) => sum + run.holds, 0)).toBe(500);
  expect(runs.reduce((sum, run) => sum + run.seats, 0)).toBe(1_000);
  const { rows } = await sql<{ entries: number }>`
    SELECT COUNT(*) AS entries FROM seat_log WHERE event_id = ${toBytes(eventId)} AND reason = 'expired'
  `.execute(resources.db);
  expect(Number(rows[0]?.entries)).toBe(1_000);
});

it('expireOverdueHolds / holds of one event can not be ended / those of the others are, and the failure is told', async () => {
  const { resources } = holdfast.current.server;
  const [broken, sound] = await Promise.all([1, 2].map(() => createTestEvent(holdfast.current)));
  const [eventOfBroken, eventOfSound] = [broken?.eventId ?? '', sound?.eventId ?? ''];
  await plantHolds(resources.db, eventOfBroken, [[1]], { expiresInMs: -5_000 });
  await plantHolds(resources.db, eventOfSound, [[1]], { expiresInMs: -50 });
  await sql`
    CREATE TRIGGER never_ended BEFORE UPDATE ON holds FOR EACH ROW
    IF NEW.event_id = ${sql.raw(`X'${toHex(eventOfBroken)}'`)} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'never'; END IF
  `.execute(resources.db);
  try {
    await expect(expireOverdueHolds(resources)).rejects.toThrow(/could not be ended: 1/);
    expect(await readSeats(resources, eventOfBroken, 1)).toMatchObject([{ status: 'locked' }]);
    expect(await readSeats(resources, eventOfSound, 1)).toEqual([FREE]);
  } finally {
    await sql`DROP TRIGGER never_ended`.execute(resources.db);
  }
  expect(await expireOverdueHolds(resources)).toEqual({ holds: 1, seats: 1 });
});

it('cleanup selected expired seats then freed them without repeating the condition: a seat paid meanwhile was freed', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current);
  const [paid, extended] = await plantHolds(resources.db, eventId, [[1], [2]], { expiresInMs: -50 });
  let expiring: Promise<unknown> | undefined;
  // The worker has listed both as overdue and waits for their rows, while one is booked and the other extended.
  await inTransaction(resources.db, async (tx) => {
    await sql`SELECT 1 FROM holds WHERE event_id = ${toBytes(eventId)} FOR UPDATE`.execute(tx);
    expiring = expireOverdueHolds(resources);
    await waitingForLocks(1);
    await sql`UPDATE holds SET status = 'booked' WHERE hold_id = ${toBytes(paid?.holdId ?? '')}`.execute(tx);
    await sql`UPDATE event_seats SET status = 'booked', lock_kind = NULL, lock_expire = NULL WHERE event_id = ${toBytes(eventId)} AND event_seat_id = 1`.execute(
      tx,
    );
    await sql`UPDATE holds SET expires_at = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND WHERE hold_id = ${toBytes(extended?.holdId ?? '')}`.execute(
      tx,
    );
    await sql`UPDATE event_seats SET lock_expire = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND WHERE event_id = ${toBytes(eventId)} AND event_seat_id = 2`.execute(
      tx,
    );
  });
  await expiring;
  const seats = await readSeats(resources, eventId, 2);
  expect(seats[0]).toMatchObject({ status: 'booked', holdId: paid?.holdId });
  expect(seats[1]).toMatchObject({ status: 'locked', holdId: extended?.holdId });
});

it('expireOverdueHolds / a seat joins the hold in its last moment, after it was listed / both are free', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const held = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
  const hold = toBytes(held.body.id);
  await sql`
    UPDATE holds JOIN event_seats AS seat ON seat.event_id = holds.event_id AND seat.hold_id = holds.hold_id
    SET holds.expires_at = UTC_TIMESTAMP(3) + INTERVAL 1 SECOND, holds.extends_until = UTC_TIMESTAMP(3) + INTERVAL 1 SECOND,
        seat.lock_expire = UTC_TIMESTAMP(3) + INTERVAL 1 SECOND
    WHERE holds.event_id = ${toBytes(eventId)} AND holds.hold_id = ${hold}
  `.execute(resources.db);
  let expiring: Promise<unknown> | undefined;
  let joining: Promise<unknown> | undefined;
  await inTransaction(resources.db, async (tx) => {
    const seat = sql`SELECT 1 FROM event_seats WHERE event_id = ${toBytes(eventId)} AND event_seat_id = 2 FOR UPDATE`;
    await seat.execute(tx);
    // The worker finds the hold open, and waits for the seat until the hold's time is over.
    joining = buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] });
    await waitingForLocks(1);
    await eventually(async () => expect(await listOverdueHolds(resources.db, 10)).toHaveLength(1));
    expiring = expireOverdueHolds(resources);
    await waitingForLocks(2);
  });
  await Promise.all([joining, expiring]);
  await expireOverdueHolds(resources);
  expect(await statusOfHold(resources.db, held.body.id)).toBe('expired');
  expect(await readSeats(resources, eventId, 2)).toMatchObject([FREE, FREE]);
});

it('expireOverdueHolds / the answer to a commit is lost / it says so, and does not take it for done', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current);
  await plantHolds(resources.db, eventId, [[1]], { expiresInMs: -50 });
  const batches: typeof resources.batches = {
    ...resources.batches,
    async transact(statements, check) {
      await resources.batches.transact(statements, check);
      throw new Error('connection lost');
    },
  };
  await expect(expireOverdueHolds({ ...resources, batches })).rejects.toThrow(/could not be ended: 1/);
  expect(await readSeats(resources, eventId, 1)).toMatchObject([{ status: 'available' }]);
});

it('expireOverdueHolds / the row of one is kept locked / those of other events are free all the same', async () => {
  const { resources } = holdfast.current.server;
  const events = await Promise.all([1, 2, 3].map(() => createTestEvent(holdfast.current)));
  const [first = '', stuck = '', last = ''] = events.map(({ eventId }) => eventId).toSorted();
  for (const { eventId } of events) await plantHolds(resources.db, eventId, [[1]], { expiresInMs: -50 });
  let expiring: Promise<unknown> | undefined;
  await inTransaction(resources.db, async (tx) => {
    await sql`SELECT 1 FROM holds WHERE event_id = ${toBytes(stuck)} FOR UPDATE`.execute(tx);
    expiring = expireOverdueHolds(resources).catch((error: unknown) => error);
    for (const other of [first, last]) {
      await eventually(async () => {
        // A transaction that says nothing for so long would be ended.
        await sql`SELECT 1`.execute(tx);
        expect(await readSeats(resources, other, 1)).toEqual([FREE]);
      }, 15_000);
    }
  });
  expect(await expiring).toMatchObject({ message: expect.stringContaining('could not be ended: 1') });
  expect(await expireOverdueHolds(resources)).toEqual({ holds: 1, seats: 1 });
});

it('expireOverdueHolds / a seat of the hold was taken over by another buyer / the other keeps it', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current);
  const [old] = await plantHolds(resources.db, eventId, [[1, 2]], { expiresInMs: -50 });
  const other = await guest(holdfast.current);
  const taken = await other.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
  expect(taken.status).toBe(201);
  await expireOverdueHolds(resources);
  const seats = await readSeats(resources, eventId, 2);
  expect(seats[0]).toEqual({ status: 'locked', holdId: taken.body.id, token: taken.body.id });
  expect(seats[1]).toEqual(FREE);
  expect(await statusOfHold(resources.db, old?.holdId ?? '')).toBe('expired');
});

it('expireOverdueHolds / 20,000 locks run out at once / all are free within one interval of 10 s', async () => {
  const { resources } = holdfast.current.server;
  const { eventId } = await createTestEvent(holdfast.current, { rows: 100, seatsPerRow: 200 });
  const holds = await plantHolds(resources.db, eventId, lists(20_000, 1), { expiresInMs: -50 });
  await plantLocks(resources, eventId, holds, 60_000);
  const startedMs = performance.now();
  expect(await expireOverdueHolds(resources)).toEqual({ holds: 20_000, seats: 20_000 });
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeLessThan(10_000);
  expect(
    (await readSeats(resources, eventId, 20_000)).every(
      (seat) => seat.status === 'available' && seat.token === null,
    ),
  ).toBe(true);
});
