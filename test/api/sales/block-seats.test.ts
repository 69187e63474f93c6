import { describe, expect, it } from 'vitest';
import { audit } from '../../../src/reconciliation/audit.ts';
import { runCleanup } from '../../../workers/cleanup-worker.ts';
import { guest } from '../../support/client.ts';
import { type TestEvent, createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { readSeats } from '../../workers/inventory.ts';
import { takeSeats } from './take-seats.ts';

const holdfast = useHoldfast();

async function block(event: TestEvent, seatIds: number[], verb: 'block' | 'unblock' = 'block') {
  return event.organiser.request('POST', `/api/admin/events/${event.eventId}/seats/${verb}`, { seatIds });
}

async function take(eventId: string, seatIds: number[]) {
  return takeSeats(await guest(holdfast.current), eventId, seatIds);
}

describe('blocking seats', () => {
  it('keeps them off sale until they are unblocked, and shows them so', async () => {
    const event = await createTestEvent(holdfast.current, { rows: 1, seatsPerRow: 6 });
    const { eventId } = event;
    expect(await block(event, [2, 3, 3])).toMatchObject({ status: 200, body: { seatIds: [2, 3] } });
    expect(await block(event, [3, 4])).toMatchObject({ status: 200, body: { seatIds: [4] } });
    expect(await take(eventId, [3])).toMatchObject({
      status: 409,
      body: { code: 'seats_taken', seatIds: [3] },
    });
    const best = await (
      await guest(holdfast.current)
    ).request('POST', `/api/events/${eventId}/holds`, {
      tier: 1,
      quantity: 4,
    });
    expect(best.status).toBe(409);
    const own = await event.organiser.request('GET', `/api/admin/events/${eventId}/seats`);
    expect(own.body).toMatchObject({ seats: 'axxxaa', counts: { available: 3, locked: 0, blocked: 3 } });
    expect(await block(event, [1, 2, 3], 'unblock')).toMatchObject({
      status: 200,
      body: { seatIds: [2, 3] },
    });
    expect((await take(eventId, [2, 3])).isHeld).toBe(true);
    expect((await take(eventId, [4])).isHeld).toBe(false);
  });

  it('does not touch a seat that someone has: nothing is blocked then', async () => {
    const event = await createTestEvent(holdfast.current, { rows: 1, seatsPerRow: 4 });
    expect((await take(event.eventId, [2])).isHeld).toBe(true);
    expect(await block(event, [1, 2])).toMatchObject({
      status: 409,
      body: { code: 'seats_not_free', seatIds: [2] },
    });
    expect(await block(event, [1, 99])).toMatchObject({
      status: 422,
      body: { code: 'no_such_seats', seatIds: [99] },
    });
    expect(await block(event, [2], 'unblock')).toMatchObject({ status: 200, body: { seatIds: [] } });
    const seats = await readSeats(holdfast.current.server.resources, event.eventId, 2);
    expect(seats.map((seat) => seat.status)).toEqual(['available', 'locked']);
  });

  it('decides a race with buyers seat by seat: never both', async () => {
    const event = await createTestEvent(holdfast.current, { rows: 1, seatsPerRow: 8 });
    const seatIds = Array.from({ length: 8 }, (_, index) => index + 1);
    const [taken, blocked] = await Promise.all([
      Promise.all(seatIds.map((seatId) => take(event.eventId, [seatId]))),
      Promise.all(seatIds.map((seatId) => block(event, [seatId]))),
    ]);
    for (const [index, { isHeld }] of taken.entries()) {
      const isBlocked = blocked[index]?.status === 200;
      expect(isBlocked, `seat ${index + 1}, held: ${isHeld}`).toBe(!isHeld);
    }
    await runCleanup(holdfast.current.server.resources);
    expect(await audit(holdfast.current.server.resources, { withStripe: false })).toMatchObject({
      isClean: true,
    });
  });

  it('survives the cleanup and the loss of all of Redis', async () => {
    const { resources } = holdfast.current.server;
    const event = await createTestEvent(holdfast.current, { rows: 1, seatsPerRow: 5 });
    await block(event, [1, 5]);
    await resources.redis.flushall();
    // Redis lets this one through, and MySQL refuses it.
    expect((await take(event.eventId, [5])).isHeld).toBe(false);
    await eventually(async () => {
      const marked = await readSeats(resources, event.eventId, 5);
      expect(marked[4]).toMatchObject({ status: 'locked', token: 'booked' });
    });
    await runCleanup(resources);
    const after = await readSeats(resources, event.eventId, 5);
    expect(after.map(({ status, token }) => [status, token])).toEqual([
      ['locked', 'booked'],
      ['available', null],
      ['available', null],
      ['available', null],
      ['locked', 'booked'],
    ]);
    expect(await audit(resources, { withStripe: false })).toMatchObject({ isClean: true });
  });

  it('works on a draft, and holds once it is published', async () => {
    const event = await createTestEvent(holdfast.current, { rows: 1, seatsPerRow: 3, publish: false });
    expect((await block(event, [1])).status).toBe(200);
    const seats = await event.organiser.request('GET', `/api/admin/events/${event.eventId}/seats`);
    expect(seats.body.seats).toBe('xaa');
    await event.organiser.request('POST', `/api/admin/events/${event.eventId}/publish`);
    expect((await take(event.eventId, [1])).isHeld).toBe(false);
    expect((await take(event.eventId, [2])).isHeld).toBe(true);
    const list = await event.organiser.request('GET', `/api/events/${event.eventId}/seats`);
    expect(list.body.seats[0]).toBe('x');
  });
});
