import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { expireOverdueHolds } from '../../src/holds/expire-holds.ts';
import { newId, toBytes } from '../../src/platform/id.ts';
import { audit } from '../../src/reconciliation/audit.ts';
import { reconcileEvents } from '../../src/reconciliation/reconcile-events.ts';
import { reconcileHolds } from '../../src/reconciliation/reconcile-holds.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { lockSeats } from '../../src/seats/lock-seats.ts';
import { markBooked } from '../../src/seats/seat-locks.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';
import { plantBookings, plantHolds, plantLocks, readSeats, statusOfHold } from './inventory.ts';

const holdfast = useHoldfast();
const resources = () => holdfast.current.server.resources;

it('reconcileEvents / Redis lost everything / every lock, marker and buyer key is back after one run', async () => {
  const { eventId } = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 20 });
  const buyer = await guest(holdfast.current);
  const { body: hold } = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] });
  const paying = await plantHolds(resources().db, eventId, [[3]], {
    expiresInMs: -60_000,
    status: 'checkout',
  });
  await plantBookings(resources().db, eventId, [[4], [5, 6]]);
  await resources().redis.flushall();

  await reconcileEvents(resources());

  const seats = await readSeats(resources(), eventId, 7);
  expect(seats.map((seat) => seat.token)).toEqual([
    hold.id,
    hold.id,
    paying[0]?.holdId,
    'booked',
    'booked',
    'booked',
    null,
  ]);
  const leftMs = await resources().redis.pttl(seatKeys.lock(eventId, 1));
  expect(leftMs).toBeGreaterThan(50_000);
  expect(leftMs).toBeLessThanOrEqual(65_000);
  expect(await resources().redis.get(seatKeys.buyerHold(eventId, buyer.userId ?? ''))).toBe(hold.id);
  const joined = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [8] });
  expect(joined.body.id).toBe(hold.id);
  expect((await audit(resources())).findings.flatMap((found) => found.examples)).toEqual([]);
});

it('reconcileEvents / marker without a sale / the seat can be had again', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [hold] = await plantHolds(resources().db, eventId, [[2]], { expiresInMs: 60_000 });
  await markBooked(resources().redis, eventId, [1, 2]);
  expect((await audit(resources())).isClean).toBe(false);
  await reconcileEvents(resources());
  const seats = await readSeats(resources(), eventId, 2);
  expect(seats[0]).toEqual({ status: 'available', holdId: null, token: null });
  expect(seats[1]?.token).toBe(hold?.holdId);
  expect((await audit(resources())).isClean).toBe(true);
});

it('reconcileEvents / lock of a hold that is over / is removed, and the true owner has its own', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const over = await plantHolds(resources().db, eventId, [[1, 2]], { expiresInMs: -1 });
  await plantLocks(resources(), eventId, over, 60_000);
  await sql`UPDATE holds SET status = 'released' WHERE hold_id = ${toBytes(over[0]?.holdId ?? '')}`.execute(
    resources().db,
  );
  await sql`UPDATE event_seats SET status = 'available', lock_kind = NULL, locked_user_id = NULL, lock_expire = NULL, hold_id = NULL WHERE event_id = ${toBytes(eventId)}`.execute(
    resources().db,
  );
  const [owner] = await plantHolds(resources().db, eventId, [[2]], { expiresInMs: 60_000 });
  await reconcileEvents(resources());
  const seats = await readSeats(resources(), eventId, 2);
  expect(seats.map((seat) => seat.token)).toEqual([null, owner?.holdId]);
});

it('reconcileEvents / claim on its way to MySQL / its lock stays; one that nobody will bring there goes', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const { redis } = resources();
  const claim = { eventId, userId: newId(), newHoldId: newId() };
  const fresh = await lockSeats(redis, { ...claim, seatIds: [1], ttlMs: 60_000 });
  await reconcileEvents(resources());
  expect((await readSeats(resources(), eventId, 1))[0]?.token).toBe(
    fresh.outcome === 'locked' && fresh.holdId,
  );
  // The server died between winning the lock and queueing the claim, eleven seconds ago.
  await redis.pexpire(seatKeys.lock(eventId, 1), 54_000);
  await reconcileEvents(resources());
  expect((await readSeats(resources(), eventId, 1))[0]?.token).toBeNull();
});

it('reconcileEvents / old lock while claims are queued / stays, since it may be one of theirs', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const { redis, queues } = resources();
  await lockSeats(redis, { eventId, userId: newId(), newHoldId: newId(), seatIds: [1], ttlMs: 60_000 });
  await redis.pexpire(seatKeys.lock(eventId, 1), 54_000);
  await queues.byName['seat-selection'].add('hold.claimed', {}, { jobId: 'waits', delay: 600_000 });
  await reconcileEvents(resources());
  expect((await readSeats(resources(), eventId, 1))[0]?.token).not.toBeNull();
  await queues.byName['seat-selection'].remove('waits');
});

it('reconcileHolds / seats locked by a hold that is over / are freed, and those of an open hold are not', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [over, open] = await plantHolds(resources().db, eventId, [[1, 2], [3]], { expiresInMs: 60_000 });
  await sql`UPDATE holds SET status = 'released' WHERE hold_id = ${toBytes(over?.holdId ?? '')}`.execute(
    resources().db,
  );
  expect(
    (await audit(resources())).findings.find((found) => found.invariant === 'I3')?.breaches,
  ).toMatchObject({ locksWithoutOpenHold: 2 });
  expect(await reconcileHolds(resources())).toMatchObject({ orphansFreed: 2 });
  const seats = await readSeats(resources(), eventId, 3);
  expect(seats.map((seat) => seat.status)).toEqual(['available', 'available', 'locked']);
  expect(seats[2]?.holdId).toBe(open?.holdId);
  expect(await statusOfHold(resources().db, open?.holdId ?? '')).toBe('held');
});

it.each(['is known to none', 'is taken for one that is over'])(
  'reconcileHolds / the open hold of a buyer %s / the next selection joins it',
  async (state) => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const path = `/api/events/${eventId}/holds`;
    const { body: over } = await buyer.request('POST', path, { seatIds: [1] });
    await buyer.request('DELETE', `/api/holds/${over.id}`);
    const { body: open } = await buyer.request('POST', path, { seatIds: [2] });
    const key = seatKeys.buyerHold(eventId, buyer.userId ?? '');
    await reconcileHolds(resources());
    await (state === 'is known to none'
      ? resources().redis.del(key)
      : resources().redis.set(key, over.id, 'PX', 60_000));
    expect(await reconcileHolds(resources())).toMatchObject({ buyerHolds: 1 });
    expect(await resources().redis.get(key)).toBe(open.id);
    expect((await buyer.request('POST', path, { seatIds: [3] })).body.id).toBe(open.id);
    expect(await reconcileHolds(resources())).toEqual({ buyerHolds: 0, orphansFreed: 0 });
  },
);

it("an unlock deleted another's lock (no token compared): reconciling and expiring beside a rush take nobody's seat", async () => {
  const { eventId } = await createTestEvent(holdfast.current, { rows: 4, seatsPerRow: 10 });
  const buyers = await Promise.all(Array.from({ length: 40 }, () => guest(holdfast.current)));
  let isOver = false;
  const reconciling = (async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- it is set when the rush is over
    while (!isOver) {
      await reconcileEvents(resources());
      await expireOverdueHolds(resources());
    }
  })();
  const answers = await Promise.all(
    buyers.map((buyer, index) =>
      buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [index + 1] }),
    ),
  );
  isOver = true;
  await reconciling;
  expect(answers.map(({ status }) => status)).toEqual(buyers.map(() => 201));
  const seats = await readSeats(resources(), eventId, 40);
  expect(seats.map((seat) => seat.token)).toEqual(answers.map(({ body }) => body.id));
  expect(seats.map((seat) => seat.holdId)).toEqual(answers.map(({ body }) => body.id));
});

it('reconcileEvents / 20,000 seats, half sold and a quarter held / a run with nothing to do is quick', async () => {
  const { eventId } = await createTestEvent(holdfast.current, { rows: 100, seatsPerRow: 200 });
  const seatIds = Array.from({ length: 20_000 }, (_, index) => index + 1);
  await plantHolds(
    resources().db,
    eventId,
    seatIds.slice(0, 5_000).map((seatId) => [seatId]),
    { expiresInMs: 600_000 },
  );
  await plantBookings(
    resources().db,
    eventId,
    seatIds.slice(5_000, 15_000).map((seatId) => [seatId]),
  );
  await resources().redis.flushall();
  await reconcileEvents(resources());
  const startedMs = performance.now();
  const again = await reconcileEvents(resources());
  expect(Object.values(again).every((count) => count === 0)).toBe(true);
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  expect((await audit(resources())).findings.flatMap((found) => found.examples)).toEqual([]);
});
