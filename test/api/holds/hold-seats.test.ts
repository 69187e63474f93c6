import { describe, expect, it } from 'vitest';
import { guest } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast();

describe('POST /api/events/:eventId/holds', () => {
  it('with free seats answers 201 with the seats, their prices, the total and the expiry', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const { status, body, headers } = await buyer.request('POST', `/api/events/${eventId}/holds`, {
      seatIds: [3, 4],
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/holds/${body.id}`);
    expect(body).toMatchObject({ eventId, status: 'held', total: 5000, currency: 'EUR' });
    expect(body.seats.map((seat: { id: number }) => seat.id)).toEqual([3, 4]);
    const ttlMs = Date.parse(body.expiresAt) - Date.parse(body.serverTime);
    expect(ttlMs).toBeGreaterThan(55_000);
    expect(ttlMs).toBeLessThanOrEqual(61_000);
  });

  it('of an event whose plan was replaced, as a draft, names the seats of the new plan', async () => {
    const draft = await createTestEvent(holdfast.current, { publish: false });
    const path = `/api/admin/events/${draft.eventId}`;
    expect((await draft.organiser.request('GET', `${path}/seats`)).body.seats).toHaveLength(draft.seatCount);
    const generator = {
      name: 'A small hall',
      categories: [{ name: 'Stalls' }],
      parts: [{ kind: 'rows', name: 'Balcony', category: 'Stalls', rows: 1, seatsPerRow: 6 }],
    };
    const replaced = await draft.organiser.request('PUT', `${path}/plan`, {
      generator,
      prices: { Stalls: 900 },
    });
    expect(replaced.status).toBe(200);
    await draft.organiser.request('POST', `${path}/publish`);
    const buyer = await guest(holdfast.current);
    const held = await buyer.request('POST', `/api/events/${draft.eventId}/holds`, { seatIds: [6] });
    expect(held.body).toMatchObject({ total: 900, seats: [{ id: 6, section: 'Balcony' }] });
    await eventually(async () => {
      const { body } = await buyer.request('GET', `/api/events/${draft.eventId}/seats`);
      expect(body.seats).toHaveLength(6);
    });
  });

  it('with a seat that another has answers 409 with that seat and takes none of the others', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [first, second, third] = await Promise.all([
      guest(holdfast.current),
      guest(holdfast.current),
      guest(holdfast.current),
    ]);
    await first.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
    const lost = await second.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] });
    expect(lost.status).toBe(409);
    expect(lost.headers.get('content-type')).toContain('application/problem+json');
    expect(lost.body).toMatchObject({ code: 'seats_taken', status: 409, seatIds: [1] });
    const free = await third.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] });
    expect(free.status).toBe(201);
  });

  it('a second call joins the open hold and moves its one clock', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const first = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [5] });
    const second = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [6] });
    expect(second.status).toBe(201);
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.seats.map((seat: { id: number }) => seat.id)).toEqual([5, 6]);
    expect(Date.parse(second.body.expiresAt)).toBeGreaterThanOrEqual(Date.parse(first.body.expiresAt));
  });

  it('the same seats again change nothing but the clock', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const first = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [7] });
    const again = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [7] });
    expect(again.status).toBe(201);
    expect(again.body.id).toBe(first.body.id);
    expect(again.body.seats).toEqual(first.body.seats);
  });

  it('with the same Idempotency-Key answers as before, and refuses the key for another body', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const key = { 'idempotency-key': `key-${eventId}` };
    const first = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [8] }, key);
    const replay = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [8] }, key);
    expect(replay.status).toBe(201);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(replay.body).toEqual(first.body);
    const other = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [9] }, key);
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  it('beyond the limit of seats per buyer is refused, over several calls too, and leaves the seats free', async () => {
    const { eventId } = await createTestEvent(holdfast.current, { details: { seatsPerBuyerMax: 3 } });
    const [buyer, other] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
    const atOnce = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2, 3, 4] });
    expect(atOnce).toMatchObject({ status: 422, body: { code: 'too_many_seats' } });
    expect((await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] })).status).toBe(
      201,
    );
    const further = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [3, 4] });
    expect(further).toMatchObject({ status: 422, body: { code: 'too_many_seats' } });
    await eventually(async () => {
      expect((await other.request('POST', `/api/events/${eventId}/holds`, { seatIds: [3, 4] })).status).toBe(
        201,
      );
    });
    expect((await buyer.request('GET', `/api/events/${eventId}/holds/mine`)).body.seats).toHaveLength(2);
  });

  it.each([
    ['no seats', { seatIds: [] }, 400, 'invalid_request'],
    ['seats that the event lacks', { seatIds: [51] }, 422, 'unknown_seats'],
    ['words for seats', { seatIds: ['1'] }, 400, 'invalid_request'],
    ['a tier that the event lacks', { tier: 9, quantity: 1 }, 422, 'unknown_tier'],
    ['both ways at once', { seatIds: [1], tier: 1, quantity: 1 }, 400, 'invalid_request'],
  ])('with %s is refused', async (_what, body, status, code) => {
    const { eventId } = await createTestEvent(holdfast.current);
    const answer = await (
      await guest(holdfast.current)
    ).request('POST', `/api/events/${eventId}/holds`, body);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('before the sale opens and after it closes is refused', async () => {
    const opensAt = new Date(Date.now() + 3_600_000).toISOString();
    const early = await createTestEvent(holdfast.current, { details: { saleOpensAt: opensAt } });
    const buyer = await guest(holdfast.current);
    const tooEarly = await buyer.request('POST', `/api/events/${early.eventId}/holds`, { seatIds: [1] });
    expect(tooEarly).toMatchObject({ status: 409, body: { code: 'sale_not_open', opensAt } });
    const closed = await createTestEvent(holdfast.current);
    await closed.organiser.request('POST', `/api/admin/events/${closed.eventId}/close`);
    const tooLate = await buyer.request('POST', `/api/events/${closed.eventId}/holds`, { seatIds: [1] });
    expect(tooLate).toMatchObject({ status: 409, body: { code: 'sale_closed' } });
  });

  it('of a draft, an unknown event or without a token is refused', async () => {
    const draft = await createTestEvent(holdfast.current, { publish: false });
    const buyer = await guest(holdfast.current);
    expect((await buyer.request('POST', `/api/events/${draft.eventId}/holds`, { seatIds: [1] })).status).toBe(
      404,
    );
    expect((await buyer.request('POST', '/api/events/nonsense/holds', { seatIds: [1] })).status).toBe(404);
    const nobody = await fetch(`${holdfast.current.url}/api/events/${draft.eventId}/holds`, {
      method: 'POST',
    });
    expect(nobody.status).toBe(401);
  });
});

describe('best available', () => {
  it('gives seats together, near the front and the centre', async () => {
    const { eventId } = await createTestEvent(holdfast.current, { rows: 3, seatsPerRow: 11 });
    const { status, body } = await (
      await guest(holdfast.current)
    ).request('POST', `/api/events/${eventId}/holds`, { tier: 1, quantity: 3 });
    expect(status).toBe(201);
    expect(body.seats.map((seat: { id: number }) => seat.id)).toEqual([5, 6, 7]);
  });

  it('splits only when it must, and says so when there are too few', async () => {
    const { eventId } = await createTestEvent(holdfast.current, { rows: 2, seatsPerRow: 3 });
    const [first, second, third] = await Promise.all([
      guest(holdfast.current),
      guest(holdfast.current),
      guest(holdfast.current),
    ]);
    await first.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] });
    await eventually(async () => {
      const seats = await first.request('GET', `/api/events/${eventId}/seats`);
      expect(seats.body.seats).toBe('alaaaa');
    });
    const together = await second.request('POST', `/api/events/${eventId}/holds`, { tier: 1, quantity: 3 });
    expect(together.body.seats.map((seat: { id: number }) => seat.id)).toEqual([4, 5, 6]);
    await eventually(async () => {
      const split = await third.request('POST', `/api/events/${eventId}/holds`, { tier: 1, quantity: 2 });
      expect(split.body.seats?.map((seat: { id: number }) => seat.id)).toEqual([1, 3]);
    });
    const none = await (
      await guest(holdfast.current)
    ).request('POST', `/api/events/${eventId}/holds`, { tier: 1, quantity: 1 });
    expect(none).toMatchObject({ status: 409, body: { code: 'not_enough_seats' } });
  });

  it('general admission: fifty who ask at once for forty places get forty', async () => {
    const { eventId } = await createTestEvent(holdfast.current, {
      details: {
        prices: { Floor: 1500 },
        generator: {
          name: 'A floor',
          categories: [{ name: 'Floor' }],
          parts: [{ kind: 'generalAdmission', name: 'Floor', category: 'Floor', capacity: 40 }],
        },
      },
    });
    const buyers = await Promise.all(Array.from({ length: 50 }, () => guest(holdfast.current)));
    const answers = await Promise.all(
      buyers.map((buyer) => buyer.request('POST', `/api/events/${eventId}/holds`, { tier: 1, quantity: 1 })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(40);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
    const places = answers.flatMap(({ body }) => body.seats ?? []).map((seat: { id: number }) => seat.id);
    expect(new Set(places).size).toBe(40);
  });
});

describe('GET and DELETE of a hold', () => {
  it('shows a hold to its owner alone', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [owner, stranger] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
    const { body } = await owner.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
    expect((await owner.request('GET', `/api/holds/${body.id}`)).body.seats).toHaveLength(1);
    expect((await stranger.request('GET', `/api/holds/${body.id}`)).status).toBe(404);
    expect((await stranger.request('DELETE', `/api/holds/${body.id}`)).status).toBe(404);
    expect((await stranger.request('DELETE', `/api/holds/${body.id}/seats/1`)).status).toBe(404);
  });

  it('released seats are free at once, and releasing again changes nothing', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [owner, next] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
    const { body } = await owner.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] });
    expect(
      (await owner.request('DELETE', `/api/holds/${body.id}/seats/1`)).body.seats.map(
        (seat: { id: number }) => seat.id,
      ),
    ).toEqual([2]);
    expect((await owner.request('DELETE', `/api/holds/${body.id}`)).body).toMatchObject({
      status: 'released',
      seats: [],
    });
    expect((await next.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] })).status).toBe(
      201,
    );
    expect((await owner.request('DELETE', `/api/holds/${body.id}`)).body.status).toBe('released');
    expect((await next.request('GET', `/api/events/${eventId}/holds/mine`)).body.seats).toHaveLength(2);
    expect((await owner.request('GET', `/api/events/${eventId}/holds/mine`)).status).toBe(204);
  });

  it('the last seat released ends the hold, and the next selection begins a new one', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const owner = await guest(holdfast.current);
    const { body } = await owner.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
    expect((await owner.request('DELETE', `/api/holds/${body.id}/seats/1`)).body.status).toBe('released');
    const again = await owner.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(body.id);
  });
});

describe('Prefer: respond-async', () => {
  it('answers 202 at once, and the hold is found at Location', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const buyer = await guest(holdfast.current);
    const answer = await buyer.request(
      'POST',
      `/api/events/${eventId}/holds`,
      { seatIds: [1] },
      { prefer: 'respond-async' },
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'queued', pendingSeatIds: [1] });
    expect(answer.body.queuePosition).toBeGreaterThanOrEqual(0);
    const location = answer.headers.get('location') ?? '';
    await eventually(async () => {
      expect((await buyer.request('GET', location)).body).toMatchObject({
        status: 'held',
        seats: [{ id: 1 }],
      });
    });
  });
});
