import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';
import { startSeatWorker } from '../../../workers/seat-worker.ts';
import { guest } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });

describe('while no worker writes holds', () => {
  it('answers 202 after 2 s with the place in the queue; each buyer then hears what became of it', async () => {
    const { eventId } = await createTestEvent(holdfast.current);
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => guest(holdfast.current)));
    if (first === undefined || second === undefined || third === undefined) throw new Error('no buyers');
    const begun = Date.now();
    const one = await first.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] });
    expect(one.status).toBe(202);
    expect(Date.now() - begun).toBeGreaterThan(1_900);
    const two = await second.request(
      'POST',
      `/api/events/${eventId}/holds`,
      { seatIds: [2] },
      { prefer: 'respond-async' },
    );
    const three = await third.request(
      'POST',
      `/api/events/${eventId}/holds`,
      { seatIds: [3] },
      { prefer: 'respond-async' },
    );
    expect([one, two, three].map(({ body }) => body.queuePosition)).toEqual([0, 1, 2]);
    expect(three.body.estimatedWaitSeconds).toBeGreaterThan(0);

    const struckOff = await second.request('DELETE', two.headers.get('location') ?? '');
    expect(struckOff.body).toMatchObject({ status: 'released' });
    expect((await first.request('GET', two.headers.get('location') ?? '')).status).toBe(404);

    holdfast.current.seatWorker = await startSeatWorker(loadConfig(holdfast.current.env));
    await eventually(async () => {
      expect((await first.request('GET', one.headers.get('location') ?? '')).body.status).toBe('held');
      expect((await third.request('GET', three.headers.get('location') ?? '')).body.status).toBe('held');
    });
    expect((await second.request('GET', two.headers.get('location') ?? '')).body).toMatchObject({
      status: 'released',
      seats: [],
    });
    const seats = await first.request('GET', `/api/events/${eventId}/seats`);
    expect(seats.body.counts).toMatchObject({ locked: 2 });
  });
});
