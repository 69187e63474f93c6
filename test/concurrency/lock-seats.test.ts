import { expect, test } from 'vitest';
import { newId } from '../../src/platform/id.ts';
import { type LockClaim, lockSeats } from '../../src/seats/lock-seats.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { readBuyerHolds, readLocks } from '../../src/seats/seat-locks.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const redis = () => holdfast.current.server.resources.redis;

function claimOn(eventId: string, seatIds: number[], userId: string = newId()): LockClaim {
  return { eventId, userId, seatIds, newHoldId: newId(), ttlMs: 60_000 };
}

test('claims of one moment on the same seats / are decided in their order, each all or nothing', async () => {
  const eventId = newId();
  const [first, second, third] = [
    claimOn(eventId, [1, 2]),
    claimOn(eventId, [2, 3]),
    claimOn(eventId, [3, 4]),
  ];
  expect(await Promise.all([first, second, third].map((claim) => lockSeats(redis(), claim)))).toEqual([
    { outcome: 'locked', holdId: first?.newHoldId, ticket: 1, settled: 0 },
    { outcome: 'taken', seatIds: [2] },
    { outcome: 'locked', holdId: third?.newHoldId, ticket: 2, settled: 0 },
  ]);
  expect(await readLocks(redis(), eventId, [1, 2, 3, 4])).toEqual([
    first?.newHoldId,
    first?.newHoldId,
    third?.newHoldId,
    third?.newHoldId,
  ]);
  expect(await readBuyerHolds(redis(), eventId, [second?.userId ?? ''])).toEqual([null]);
  for (const seatId of [1, 4]) {
    const leftMs = await redis().pttl(seatKeys.lock(eventId, seatId));
    expect(leftMs).toBeGreaterThan(60_000);
    expect(leftMs).toBeLessThanOrEqual(65_000);
  }
});

test("two claims of a buyer's in one moment / make one hold", async () => {
  const eventId = newId();
  const buyer = newId();
  const claims = [claimOn(eventId, [1], buyer), claimOn(eventId, [2], buyer)];
  const outcomes = await Promise.all(claims.map((claim) => lockSeats(redis(), claim)));
  expect(outcomes).toMatchObject(claims.map(() => ({ outcome: 'locked', holdId: claims[0]?.newHoldId })));
});

test('hundreds of claims of one moment on seats of several events / each is answered as if it were alone', async () => {
  const events = [newId(), newId(), newId()];
  const claims = Array.from({ length: 360 }, (_, index) =>
    claimOn(events[index % 3] ?? '', [1 + Math.floor(index / 6), 1_000 + Math.floor(index / 6)]),
  );
  const outcomes = await Promise.all(claims.map((claim) => lockSeats(redis(), claim)));
  for (const [index, { eventId, newHoldId, seatIds }] of claims.entries()) {
    const winner = claims[index - (index % 6) + (index % 3)]?.newHoldId;
    expect(outcomes[index]).toMatchObject(
      winner === newHoldId ? { outcome: 'locked', holdId: newHoldId } : { outcome: 'taken', seatIds },
    );
    expect(await readLocks(redis(), eventId, seatIds)).toEqual([winner, winner]);
  }
});

test("a claim that Redis can't decide, as the seat's key is of another type / fails alone", async () => {
  const eventId = newId();
  await redis().lpush(seatKeys.lock(eventId, 2), 'not a lock');
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((seatId) => lockSeats(redis(), claimOn(eventId, [seatId]))),
  );
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: { outcome: 'locked' } },
    { status: 'rejected', reason: { message: expect.stringContaining('WRONGTYPE') } },
    { status: 'fulfilled', value: { outcome: 'locked' } },
  ]);
});
