import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { type Beginning, beginCheckout } from '../../src/checkout/begin-checkout.ts';
import { beginTogether } from '../../src/checkout/begin-together.ts';
import { listHolds, lockHold } from '../../src/holds/hold-store.ts';
import { lockFreeHolds } from '../../src/holds/holds-together-store.ts';
import { fromBytes, toBytes } from '../../src/platform/id.ts';
import { inTransaction } from '../../src/platform/mysql.ts';
import { hold, holdStatus, letTimePass, mendStripe, payment } from '../support/checkout.ts';
import { type Client, guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;

type Held = { readonly buyer: Client; readonly holdId: string };

/** So many buyers, each with the next seat of the event. */
function holdEach(eventId: string, count: number): Promise<Held[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const buyer = await guest(holdfast.current);
      return { buyer, holdId: await hold(buyer, { eventId, seatIds: [index + 1] }) };
    }),
  );
}

async function beginningsOf(held: readonly Held[]): Promise<Beginning[]> {
  const ids = held.map(({ holdId }) => holdId);
  const found = await listHolds(resources().db, ids);
  return held.flatMap(({ buyer, holdId }) => {
    const each = found.get(holdId);
    return each === undefined
      ? []
      : [{ found: each, command: { holdId, userId: buyer.userId ?? '', email: null } }];
  });
}

/** Keeps a hold's row locked until it is let go. */
async function lockRow(held: Held, eventId: string): Promise<{ letGo: () => Promise<void> }> {
  const locked = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const done = inTransaction(resources().db, async (tx) => {
    await lockHold(tx, eventId, held.holdId);
    locked.resolve();
    await mayEnd.promise;
  });
  await locked.promise;
  return {
    letGo() {
      mayEnd.resolve();
      return done;
    },
  };
}

describe('buyers who go to pay at the same moment', () => {
  it('each get a page for their own seats, and a double click gets the same one', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const held = await holdEach(eventId, 12);
    const answers = await Promise.all(
      [...held, ...held].map(({ buyer, holdId }) =>
        buyer.request<{ paymentId: string; url: string }>('POST', `/api/holds/${holdId}/checkout`, {}),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const first = answers.slice(0, held.length).map(({ body }) => body.paymentId);
    expect(answers.slice(held.length).map(({ body }) => body.paymentId)).toEqual(first);
    expect(new Set(first).size).toBe(held.length);
    for (const [index, { buyer }] of held.entries()) {
      const shown = await payment({ buyer, paymentId: first[index] ?? '' });
      expect(shown).toMatchObject({ status: 'pending', holdId: held[index]?.holdId, amount: 2500 });
      expect(shown.url).toBe(answers[index]?.body.url);
    }
  });

  it('are begun in one transaction where their case is the usual one, with what each is charged for', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const beginnings = await beginningsOf(await holdEach(eventId, 5));
    const begun = await beginTogether(resources(), beginnings);
    expect(begun.map((each) => each?.begun.outcome)).toEqual(beginnings.map(() => 'begun'));
    expect(begun.map((each) => each?.seatIds)).toEqual([[1], [2], [3], [4], [5]]);
    const { rows } = await sql<{
      hold_id: Buffer;
      status: string;
      kind: string;
      amount: number;
      ends: number;
    }>`
      SELECT holds.hold_id, holds.status, seat.lock_kind AS kind, payments.amount,
        holds.expires_at = seat.lock_expire AND holds.expires_at > UTC_TIMESTAMP(3) AS ends
      FROM holds JOIN event_seats AS seat USING (event_id, hold_id) JOIN payments USING (event_id, hold_id)
      WHERE event_id = ${toBytes(eventId)} ORDER BY seat.event_seat_id
    `.execute(resources().db);
    expect(rows.map((row) => ({ ...row, hold_id: fromBytes(row.hold_id) }))).toEqual(
      beginnings.map(({ found }) => ({
        hold_id: found.holdId,
        status: 'checkout',
        kind: 'checkout',
        amount: 2500,
        ends: 1,
      })),
    );
  });

  it('are told apart: one whose time is over, whose event is cancelled or costs nothing, or who has begun already, is left out', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const free = await createTestEvent(holdfast.current);
    const cancelled = await createTestEvent(holdfast.current);
    const [usual, late, begun] = await holdEach(eventId, 3);
    const [forNothing] = await holdEach(free.eventId, 1);
    const [calledOff] = await holdEach(cancelled.eventId, 1);
    if (!usual || !late || !begun || !forNothing || !calledOff) throw new Error('Not all are held.');
    await letTimePass(holdfast.current, late.holdId);
    await beginCheckout(resources(), {
      holdId: begun.holdId,
      userId: begun.buyer.userId ?? '',
      email: null,
    });
    const { db } = resources();
    await db
      .updateTable('event_tiers')
      .set({ price_amount: 0 })
      .where('event_id', '=', toBytes(free.eventId))
      .execute();
    await db
      .updateTable('events')
      .set({ status: 'cancelled' })
      .where('event_id', '=', toBytes(cancelled.eventId))
      .execute();
    const all = [late, begun, usual, forNothing, calledOff];
    const together = await beginTogether(resources(), await beginningsOf(all));
    expect(together.map((each) => each?.begun.outcome)).toEqual([
      undefined,
      undefined,
      'begun',
      undefined,
      undefined,
    ]);
    expect(await Promise.all(all.map(({ holdId }) => holdStatus(holdfast.current, holdId)))).toEqual([
      'held',
      'checkout',
      'checkout',
      'held',
      'held',
    ]);
  });

  it('do not wait for one whose hold another transaction has', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const held = await holdEach(eventId, 4);
    const [stuck] = held;
    if (stuck === undefined) throw new Error('Nothing is held.');
    const lock = await lockRow(stuck, eventId);
    const asked = held.map(({ buyer, holdId }) => buyer.request('POST', `/api/holds/${holdId}/checkout`, {}));
    const [slow, ...others] = asked;
    for (const answer of await Promise.all(others)) expect(answer.status).toBe(200);
    expect(await holdStatus(holdfast.current, stuck.holdId)).toBe('held');
    await lock.letGo();
    expect((await slow)?.status).toBe(200);
  });
});

describe('holds of one event that are dealt with at the same moment, in two transactions', () => {
  it.each([
    { events: 1, holds: 4 },
    { events: 3, holds: 20 },
    { events: 3, holds: 60 },
  ])('do not lock one another out, with $events events of $holds holds', async ({ events, holds }) => {
    const ids = await Promise.all(
      Array.from({ length: events }, async () => {
        const { eventId } = await createTestEvent(holdfast.current, { rows: 6 });
        return { eventId, held: await holdEach(eventId, holds) };
      }),
    );
    const [first] = ids;
    const [a, b, c, d] = (await beginningsOf(first?.held ?? [])).map(({ found }) => found);
    if (!a || !b || !c || !d) throw new Error('Not all are held.');
    await inTransaction(resources().db, async (tx) => {
      expect((await lockFreeHolds(tx, [a, b])).size).toBe(2);
      await inTransaction(resources().db, async (other) => {
        expect((await lockFreeHolds(other, [b, c, d])).size).toBe(2);
      });
    });
  });
});
