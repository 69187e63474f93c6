import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { countClaimsWaiting } from '../../src/holds/claim-queue.ts';
import { findClaimOutcome } from '../../src/holds/hold-store.ts';
import { type Claim, HOLD_CLAIMED } from '../../src/holds/jobs.ts';
import { packClaims } from '../../src/holds/pack-claims.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { persistHolds } from '../../src/holds/persist-holds.ts';
import { newId, toBytes } from '../../src/platform/id.ts';
import { NOW } from '../../src/platform/mysql.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { startSeatWorker } from '../../workers/seat-worker.ts';
import { type Client, guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const resources = () => holdfast.current.server.resources;

async function startWorker(): Promise<void> {
  const worker = await startSeatWorker(loadConfig(holdfast.current.env));
  onTestFinished(() => worker.stop());
}

/** A claim of a buyer who has no open hold, as far as Redis knows. */
function claimOf(buyer: Client, eventId: string, seatIds: number[]): Claim {
  const claimId = newId();
  return {
    claimId,
    token: claimId,
    eventId,
    userId: buyer.userId ?? '',
    seatIds,
    ttlMs: 60_000,
    totalMs: 600_000,
    seatsPerBuyerMax: 3,
    replyTo: 'nobody',
  };
}

async function statusOf(buyer: Client, holdId: string): Promise<string> {
  return (await buyer.request<{ status: string }>('GET', `/api/holds/${holdId}`)).body.status;
}

test('claims won at once / travel in fewer jobs than there are claims, each counted, and each is decided', async () => {
  const { eventId } = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 10 });
  const buyers = await Promise.all(Array.from({ length: 100 }, () => guest(holdfast.current)));
  const answers = await Promise.all(
    buyers.map((buyer, index) =>
      buyer.request<{ id: string }>(
        'POST',
        `/api/events/${eventId}/holds`,
        { seatIds: [index + 1] },
        { prefer: 'respond-async' },
      ),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(await countClaimsWaiting(resources())).toBe(buyers.length);
  expect((await resources().queues.listWaiting('seat-selection')).length).toBeLessThan(buyers.length / 2);
  await startWorker();
  await eventually(async () => {
    const statuses = await Promise.all(
      buyers.map((buyer, index) => statusOf(buyer, answers[index]?.body.id ?? '')),
    );
    expect(new Set(statuses)).toEqual(new Set(['held']));
  });
});

test('a job of which MySQL refuses one claim / the others in it are held, and it alone is tried again', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyers = await Promise.all([1, 2, 3].map(() => guest(holdfast.current)));
  const yearTooHigh = 1e15;
  const claims = buyers.map((buyer, index) => ({
    ...claimOf(buyer, eventId, [index + 1]),
    ...(index === 1 ? { ttlMs: yearTooHigh, totalMs: yearTooHigh } : {}),
  }));
  const jobId = `${claims[0]?.claimId}-3`;
  await resources().queues.add(HOLD_CLAIMED, { groups: packClaims(claims) }, { jobId });
  await startWorker();
  for (const [index, buyer] of buyers.entries()) {
    if (index === 1) continue;
    await eventually(async () => expect(await statusOf(buyer, claims[index]?.claimId ?? '')).toBe('held'));
  }
  const refused = await buyers[1]?.request('GET', `/api/holds/${claims[1]?.claimId}`);
  expect(refused?.status).toBe(404);
  expect(await resources().queues.isPending('seat-selection', jobId)).toBe(true);
  await resources().queues.byName['seat-selection'].obliterate({ force: true });
});

test.each([
  {
    oddity: 'wants a seat that another has locked',
    odd: (buyer: Client, eventId: string) => claimOf(buyer, eventId, [5, 1]),
    becomes: { status: 'rejected', rejection: { code: 'seats_taken', seatIds: [1] } },
  },
  {
    oddity: 'wants more seats than a buyer may have',
    odd: (buyer: Client, eventId: string) => claimOf(buyer, eventId, [5, 6, 7, 8]),
    becomes: { status: 'rejected', rejection: { code: 'too_many_seats' } },
  },
])(
  'a batch of new buyers of whom one $oddity / the others are held all the same',
  async ({ odd, becomes }) => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [first, second, strange] = await Promise.all([
      guest(holdfast.current),
      guest(holdfast.current),
      guest(holdfast.current),
    ]);
    await persistHolds(resources(), [claimOf(first, eventId, [1])]);
    const [good, bad] = [claimOf(second, eventId, [2]), odd(strange, eventId)];
    await persistHolds(resources(), [good, bad]);
    expect(await statusOf(second, good.claimId)).toBe('held');
    expect((await strange.request('GET', `/api/holds/${bad.claimId}`)).body).toMatchObject(becomes);
  },
);

test('a batch of new buyers of whom one has an open hold after all / its claim joins the hold, and is answered so', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [known, fresh] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const before = claimOf(known, eventId, [1]);
  await persistHolds(resources(), [before]);
  const [joining, opening] = [claimOf(known, eventId, [2]), claimOf(fresh, eventId, [3])];
  await persistHolds(resources(), [joining, opening]);
  expect((await known.request('GET', `/api/events/${eventId}/holds/mine`)).body).toMatchObject({
    id: before.claimId,
    seats: [{ id: 1 }, { id: 2 }],
  });
  expect(await statusOf(fresh, opening.claimId)).toBe('held');
});

test("a batch of new holds of several events, one buyer in both / each has its event's seat and its own time", async () => {
  const events = await Promise.all([1, 2].map(() => createTestEvent(holdfast.current)));
  const buyer = await guest(holdfast.current);
  const claims = events.map(({ eventId }, index) => ({
    ...claimOf(buyer, eventId, [7, 8 + index]),
    ttlMs: (index + 1) * 60_000,
  }));
  const writtenMs = Date.now();
  await persistHolds(resources(), claims);
  for (const [index, { claimId, eventId, ttlMs }] of claims.entries()) {
    const { body } = await buyer.request('GET', `/api/holds/${claimId}`);
    expect(body).toMatchObject({ eventId, status: 'held', seats: [{ id: 7 }, { id: 8 + index }] });
    expect(Date.parse(body.expiresAt)).toBeGreaterThanOrEqual(writtenMs + ttlMs - 1_000);
    expect(Date.parse(body.expiresAt)).toBeLessThan(writtenMs + ttlMs + 30_000);
    const [seat] = await sql<{ locked_ms: number }>`
      SELECT TIMESTAMPDIFF(MICROSECOND, holds.expires_at, seat.lock_expire) AS locked_ms
      FROM event_seats AS seat JOIN holds ON holds.event_id = seat.event_id AND holds.hold_id = seat.hold_id
      WHERE seat.event_id = ${toBytes(eventId)} AND seat.hold_id = ${toBytes(claimId)} AND seat.status = 'locked'
    `
      .execute(resources().db)
      .then(({ rows }) => rows);
    expect(seat?.locked_ms).toBe(0);
  }
});

test('a batch of new buyers of whom one has booked as many seats as she may / is rejected, and the others are held', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [sated, other] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const buyer = toBytes(sated.userId ?? '');
  for (const seatId of [5, 6, 7]) {
    await resources()
      .db.insertInto('bookings')
      .values({
        event_id: toBytes(eventId),
        booking_id: toBytes(newId()),
        event_seat_id: seatId,
        user_id: buyer,
        hold_id: buyer,
        status: 'confirmed',
        amount: 0,
        currency: 'EUR',
        confirmed_at: NOW,
      })
      .execute();
  }
  const [tooMany, good] = [claimOf(sated, eventId, [1]), claimOf(other, eventId, [2])];
  await persistHolds(resources(), [tooMany, good]);
  expect((await sated.request('GET', `/api/holds/${tooMany.claimId}`)).body).toMatchObject({
    status: 'rejected',
    rejection: { code: 'too_many_seats' },
  });
  expect(await statusOf(other, good.claimId)).toBe('held');
});

test('a batch of which the part that does not open holds fails / the holds are told and settled all the same', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [good, bad] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const opening = claimOf(good, eventId, [1]);
  const yearTooHigh = 1e15;
  const failing = { ...claimOf(bad, eventId, [2]), token: newId(), ttlMs: yearTooHigh, totalMs: yearTooHigh };
  await expect(persistHolds(resources(), [opening, failing])).rejects.toThrow('Incorrect datetime value');
  expect(await statusOf(good, opening.claimId)).toBe('held');
  expect(await resources().redis.get(seatKeys.claimsSettled(eventId))).toBe('1');
  const told = await resources().redis.xrange(seatKeys.changes(eventId), '-', '+');
  expect(JSON.stringify(told)).toContain('[1,');
});

test('a job that runs again after its buyer gave up what it held / decides nothing, and takes nothing', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [buyer, other] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const [opening, joining] = [claimOf(buyer, eventId, [1]), claimOf(buyer, eventId, [2])];
  await persistHolds(resources(), [opening]);
  await persistHolds(resources(), [joining]);
  await buyer.request('DELETE', `/api/holds/${opening.claimId}`);
  const taken = claimOf(other, eventId, [1]);
  await persistHolds(resources(), [taken]);
  await persistHolds(resources(), [opening, joining]);
  expect(await statusOf(buyer, opening.claimId)).toBe('released');
  expect((await other.request('GET', `/api/holds/${taken.claimId}`)).body).toMatchObject({
    status: 'held',
    seats: [{ id: 1 }],
  });
});

test('a claim that a worker of the version before decided, whose hold does not say what opened it / counts as held', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const claim = claimOf(buyer, eventId, [1]);
  await persistHolds(resources(), [claim]);
  const key = { event_id: toBytes(eventId), hold_id: toBytes(claim.claimId) };
  const { db } = resources();
  await db.updateTable('holds').set({ opened_with: null }).where('hold_id', '=', key.hold_id).execute();
  await db
    .insertInto('hold_claims')
    .values({
      ...key,
      claim_id: key.hold_id,
      user_id: toBytes(claim.userId),
      outcome: 'held',
      seat_ids: '[1]',
      created_at: NOW,
    })
    .execute();
  expect(await findClaimOutcome(db, eventId, claim.claimId)).toEqual({
    outcome: 'held',
    holdId: claim.claimId,
  });
  await persistHolds(resources(), [claim]);
  expect(await statusOf(buyer, claim.claimId)).toBe('held');
});

test('a buyer gives up a queued hold whose claim has joined the open hold, which Redis did not know / that hold is given up', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const open = claimOf(buyer, eventId, [1]);
  await persistHolds(resources(), [open]);
  const queued = await buyer.request<{ id: string }>(
    'POST',
    `/api/events/${eventId}/holds`,
    { seatIds: [2] },
    { prefer: 'respond-async' },
  );
  expect(queued.body.id).not.toBe(open.claimId);
  await startWorker();
  await eventually(async () =>
    expect((await buyer.request('GET', `/api/holds/${open.claimId}`)).body).toMatchObject({
      seats: [{ id: 1 }, { id: 2 }],
    }),
  );
  expect((await buyer.request('DELETE', `/api/holds/${queued.body.id}`)).body).toMatchObject({
    id: open.claimId,
    status: 'released',
    seats: [],
  });
});

test('a buyer gives up a hold for which two claims wait / neither takes seats, and their jobs are done at once', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [buyer, other] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const select = (by: Client, seatId: number) =>
    by.request<{ id: string }>(
      'POST',
      `/api/events/${eventId}/holds`,
      { seatIds: [seatId] },
      { prefer: 'respond-async' },
    );
  const first = await select(buyer, 1);
  expect((await select(buyer, 2)).body.id).toBe(first.body.id);
  await buyer.request('DELETE', `/api/holds/${first.body.id}`);
  const jobIds = await resources().queues.listWaiting('seat-selection');
  await startWorker();
  const { 'seat-selection': queue } = resources().queues.byName;
  await eventually(async () => {
    const states = await Promise.all(jobIds.map((jobId) => queue.getJobState(jobId)));
    expect(states.every((state) => state === 'completed' || state === 'unknown')).toBe(true);
  });
  expect(await statusOf(buyer, first.body.id)).toBe('released');
  for (const seatId of [1, 2]) expect((await select(other, seatId)).status).toBe(202);
});
