import { describe, expect, it } from 'vitest';
import { runCleanup } from '../../../workers/cleanup-worker.ts';
import { pay, sessionIdIn } from '../../support/checkout.ts';
import { type Client, client, guest } from '../../support/client.ts';
import { createTestEvent, organiser } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { takeSeats } from './take-seats.ts';

const holdfast = useHoldfast();

async function hold(eventId: string, seatIds: number[], buyer: Client): Promise<string> {
  const taken = await takeSeats(buyer, eventId, seatIds);
  expect(taken.isHeld).toBe(true);
  return taken.body.id;
}

async function checkOut(eventId: string, seatIds: number[], buyer: Client) {
  const holdId = await hold(eventId, seatIds, buyer);
  const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
  expect(status).toBe(200);
  const { url, paymentId }: { url: string; paymentId: string } = body;
  return { buyer, url, paymentId };
}

async function buy(eventId: string, seatIds: number[], buyer?: Client) {
  const at = await checkOut(eventId, seatIds, buyer ?? (await guest(holdfast.current)));
  await pay(holdfast.current, sessionIdIn(at.url));
  await eventually(async () => {
    const { body } = await at.buyer.request('GET', `/api/payments/${at.paymentId}`);
    // The money is there before the bookings are.
    expect(body.bookings).toHaveLength(seatIds.length);
  });
  return at;
}

describe('GET /api/admin/events/:eventId/sales', () => {
  it('counts what is sold, held, being paid for, refused, and what came in', async () => {
    const event = await createTestEvent(holdfast.current, { rows: 2, seatsPerRow: 10, price: 2500 });
    const path = `/api/admin/events/${event.eventId}`;
    await buy(event.eventId, [1, 2]);
    await hold(event.eventId, [3], await guest(holdfast.current));
    await checkOut(event.eventId, [4], await guest(holdfast.current));
    const blocked = await event.organiser.request('POST', `${path}/seats/block`, { seatIds: [20] });
    expect(blocked.status).toBe(200);
    await eventually(async () => {
      const { status, body } = await event.organiser.request('GET', `${path}/sales`);
      expect(status).toBe(200);
      expect(body.seats).toEqual({ total: 20, free: 15, held: 1, checkout: 1, sold: 2, blocked: 1 });
      expect(body.revenue).toEqual({ gross: 5000, refunded: 0, net: 5000, booked: 5000 });
      expect(body.tiers).toMatchObject([{ id: 1, name: 'Stalls', total: 20, sold: 2, revenue: 5000 }]);
      expect(body.sellsOutInSeconds).toBe(Math.ceil((17 * 5 * 60) / 2));
    });
  });

  it('tells the pace of holds and refusals', async () => {
    const event = await createTestEvent(holdfast.current, { rows: 2, seatsPerRow: 50 });
    const path = `/api/admin/events/${event.eventId}`;
    let seatId = 1;
    await hold(event.eventId, [100], await guest(holdfast.current));
    await eventually(async () => {
      seatId += 1;
      const buyer = await guest(holdfast.current);
      await takeSeats(buyer, event.eventId, [seatId]);
      const refused = await buyer.request('POST', `/api/events/${event.eventId}/holds`, { seatIds: [100] });
      expect(refused.body.code).toBe('seats_taken');
      const { body } = await event.organiser.request('GET', `${path}/sales`);
      expect(body.holdsPerSecond).toBeGreaterThan(0);
      expect(body.refusalsPerSecond).toBeGreaterThan(0);
    }, 25_000);
  });

  it('is not there for other organisers and buyers, and is for administrators', async () => {
    const event = await createTestEvent(holdfast.current);
    const path = `/api/admin/events/${event.eventId}`;
    const other = organiser(holdfast.current);
    for (const what of ['sales', 'sales/history', 'bookings', 'bookings.csv', 'seats', 'seats/1/log']) {
      expect(await other.request('GET', `${path}/${what}`)).toMatchObject({ status: 404 });
      expect(await client(holdfast.current).request('GET', `${path}/${what}`)).toMatchObject({ status: 401 });
    }
    for (const verb of ['block', 'unblock'])
      expect((await other.request('POST', `${path}/seats/${verb}`, { seatIds: [1] })).status).toBe(404);
    expect((await (await guest(holdfast.current)).request('GET', `${path}/sales`)).status).toBe(403);
    expect((await organiser(holdfast.current, 'admin').request('GET', `${path}/sales`)).status).toBe(200);
  });
});

describe('GET /api/admin/events/:eventId/sales/history', () => {
  it('tells how it stood after each step, up to now', async () => {
    const event = await createTestEvent(holdfast.current);
    const path = `/api/admin/events/${event.eventId}/sales/history`;
    await buy(event.eventId, [1, 2, 3]);
    await hold(event.eventId, [9], await guest(holdfast.current));
    const from = new Date(Date.now() - 60_000).toISOString();
    const { status, body } = await event.organiser.request('GET', `${path}?from=${from}&step=10`);
    expect(status).toBe(200);
    expect(body.stepSeconds).toBe(10);
    expect(body.points[0]).toMatchObject({ at: from, sold: 0, held: 0, revenue: 0 });
    expect(body.points.at(-1)).toMatchObject({ sold: 3, held: 1, revenue: 7500 });
    const whole = await event.organiser.request('GET', path);
    expect(whole.body.points.at(-1)).toMatchObject({ sold: 3, held: 1, revenue: 7500 });
  });

  it('refuses an empty range and too many steps', async () => {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current);
    const path = `/api/admin/events/${eventId}/sales/history`;
    for (const query of ['from=2999-01-01T00:00:00Z', 'from=2020-01-01T00:00:00Z&step=1', 'step=0', 'from=x'])
      expect(await owner.request('GET', `${path}?${query}`)).toMatchObject({ status: 400 });
  });
});

describe('the bookings of an event', () => {
  it('are listed with their buyers, and as CSV without formulas', async () => {
    const { current } = holdfast;
    const event = await createTestEvent(current);
    const path = `/api/admin/events/${event.eventId}`;
    const account = await client(current).request('POST', '/api/auth/register', {
      email: 'formula@example.com',
      name: '=HYPERLINK("evil"),"x"',
      password: 'a long enough phrase 7',
    });
    expect(account.status).toBe(201);
    const buyer = client(current, { token: account.body.accessToken, userId: account.body.user.id });
    const { paymentId } = await buy(event.eventId, [5, 6], buyer);
    const page = await event.organiser.request('GET', `${path}/bookings?limit=1`);
    expect(page.body).toMatchObject({
      total: 2,
      page: 1,
      limit: 1,
      items: [{ status: 'confirmed', amount: 2500, paymentId, buyer: { email: 'formula@example.com' } }],
    });
    const csv = await event.organiser.request('GET', `${path}/bookings.csv`);
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    const lines = String(csv.body).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^booking,status,section,row,seat,tier,price,currency,/);
    expect(lines[1]).toContain(`,25.00,EUR,"'=HYPERLINK(""evil""),""x""",formula@example.com,`);
    const bytes = await fetch(new URL(`${path}/bookings.csv?bom=true`, current.url), {
      headers: { authorization: `Bearer ${event.organiser.token}` },
    });
    expect([...new Uint8Array(await bytes.arrayBuffer()).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });
});

describe('GET /api/admin/events/:eventId/seats/:seatId/log', () => {
  it('tells the story of a seat in words, newest first', async () => {
    const event = await createTestEvent(holdfast.current);
    const path = `/api/admin/events/${event.eventId}/seats`;
    const first = await guest(holdfast.current);
    const holdId = await hold(event.eventId, [7], first);
    await first.request('DELETE', `/api/holds/${holdId}`);
    await buy(event.eventId, [7]);
    const { status, body } = await event.organiser.request('GET', `${path}/7/log`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'sold', seat: { id: 7, section: 'Stalls', row: 'A', label: '7' } });
    expect(body.entries.map((entry: { reason: string }) => entry.reason)).toEqual([
      'paid',
      'selected',
      'released',
      'selected',
    ]);
    expect(body.entries[0]).toMatchObject({ words: 'Paid: sold.', by: { isGuest: true } });
    expect((await event.organiser.request('GET', `${path}/999/log`)).status).toBe(404);
    expect((await event.organiser.request('GET', `${path}/x/log`)).status).toBe(404);
  });
});

describe('GET /api/admin/audit', () => {
  it('answers the cleanup worker’s last audit to administrators', async () => {
    const admin = organiser(holdfast.current, 'admin');
    await runCleanup(holdfast.current.server.resources);
    const { status, body } = await admin.request('GET', '/api/admin/audit');
    expect(status).toBe(200);
    expect(body.isClean).toBe(true);
    expect(body.findings.map((finding: { invariant: string }) => finding.invariant)).toEqual([
      'I1',
      'I2',
      'I3',
      'I4',
      'I5',
    ]);
    expect((await organiser(holdfast.current).request('GET', '/api/admin/audit')).status).toBe(403);
  });
});
