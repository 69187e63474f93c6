import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/platform/id.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { startServer } from '../../src/server.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { unlockSeats } from '../../src/seats/seat-locks.ts';
import { persistHolds } from '../../src/holds/persist-holds.ts';
import { newId } from '../../src/platform/id.ts';
import type { Claim } from '../../src/holds/jobs.ts';
import { type Client, client, guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast();

const guests = (count: number) => Promise.all(Array.from({ length: count }, () => guest(holdfast.current)));
const hold = (buyer: Client, eventId: string, seatIds: number[], headers = {}) =>
  buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds }, headers);

describe('many buyers at once', () => {
  it('of 120 who want the same seat through two servers, one gets it and 119 are told no', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const second = await startServer(loadConfig({ ...holdfast.current.env, PORT: '0' }));
    try {
      const buyers = await guests(120);
      const answers = await Promise.all(
        buyers.map((buyer, index) => {
          const url = index % 2 === 0 ? holdfast.current.url : `http://127.0.0.1:${second.port}`;
          return hold(
            client({ url }, { token: buyer.token ?? '', userId: buyer.userId ?? '' }),
            eventId,
            [1],
          );
        }),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(
        answers.filter(({ status, body }) => status === 409 && body.code === 'seats_taken'),
      ).toHaveLength(119);
    } finally {
      await second.stop();
    }
  });

  it('with overlapping pairs of seats no seat has two owners, and every winner has both of his', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyers = await guests(60);
    const answers = await Promise.all(
      buyers.map((buyer, index) => hold(buyer, eventId, [(index % 20) + 1, ((index + 1) % 20) + 1])),
    );
    const won = answers
      .filter(({ status }) => status === 201)
      .flatMap(({ body }) => body.seats.map((seat: { id: number }) => seat.id));
    expect(new Set(won).size).toBe(won.length);
    expect(won.length % 2).toBe(0);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  it('one buyer who clicks ten seats at once has one hold with all ten', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => hold(buyer, eventId, [index + 1])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await buyer.request('GET', `/api/events/${eventId}/holds/mine`)).body.seats).toHaveLength(10);
  });

  it('a buyer whose hold Redis has forgotten goes on with the same hold', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const { redis } = holdfast.current.server.resources;
    const first = await hold(buyer, eventId, [1]);
    await redis.del(seatKeys.buyerHold(eventId, buyer.userId ?? ''), seatKeys.lock(eventId, 1));
    const second = await hold(buyer, eventId, [2]);
    expect(second.body.id).toBe(first.body.id);
    await eventually(async () => {
      expect(await redis.mget(seatKeys.lock(eventId, 1), seatKeys.lock(eventId, 2))).toEqual([
        first.body.id,
        first.body.id,
      ]);
    });
  });

  it('a seat that Redis has forgotten is not sold twice: MySQL refuses the second buyer, and his lock is given up', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [first, second] = await guests(2);
    if (first === undefined || second === undefined) throw new Error('no buyers');
    await hold(first, eventId, [1]);
    await holdfast.current.server.resources.redis.del(seatKeys.lock(eventId, 1));
    expect(await hold(second, eventId, [1, 2])).toMatchObject({
      status: 409,
      body: { code: 'seats_taken', seatIds: [1] },
    });
    await eventually(async () => {
      expect(await holdfast.current.server.resources.redis.exists(seatKeys.lock(eventId, 2))).toBe(0);
    });
  });
});

describe("an unlock deleted another's lock (no token compared)", () => {
  it('a lock is given up only by the hold whose token it carries', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const { body } = await hold(buyer, eventId, [1]);
    const { redis } = holdfast.current.server.resources;
    expect(await unlockSeats(redis, { eventId, holdId: newId(), seatIds: [1] })).toBe(0);
    expect(await redis.get(seatKeys.lock(eventId, 1))).toBe(body.id);
  });
});

describe('a job that runs twice, or late', () => {
  const claimOf = (buyer: Client, eventId: string, holdId: string, seatIds: number[]): Claim => ({
    claimId: holdId,
    token: holdId,
    eventId,
    userId: buyer.userId ?? '',
    seatIds,
    ttlMs: 60_000,
    totalMs: 600_000,
    seatsPerBuyerMax: 10,
    replyTo: 'nobody',
  });

  it('decides a claim once: the repeat takes nothing more', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const claim = claimOf(buyer, eventId, newId(), [1, 2]);
    await persistHolds(holdfast.current.server.resources, [claim]);
    await Promise.all([1, 2, 3].map(() => persistHolds(holdfast.current.server.resources, [claim])));
    const log = await holdfast.current.server.resources.db
      .selectFrom('seat_log')
      .selectAll()
      .where('event_id', '=', toBytes(eventId))
      .execute();
    expect(log).toHaveLength(2);
    expect((await buyer.request('GET', `/api/holds/${claim.claimId}`)).body).toMatchObject({
      status: 'held',
    });
  });

  it('does not take the seats again after the owner has released them', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const claim = claimOf(buyer, eventId, newId(), [1]);
    await persistHolds(holdfast.current.server.resources, [claim]);
    await buyer.request('DELETE', `/api/holds/${claim.claimId}`);
    await persistHolds(holdfast.current.server.resources, [claim]);
    expect((await buyer.request('GET', `/api/holds/${claim.claimId}`)).body).toMatchObject({
      status: 'released',
      seats: [],
    });
    const other = await guest(holdfast.current);
    expect((await hold(other, eventId, [1])).status).toBe(201);
  });
});
