import { publishEvent } from '../src/events/change-status.ts';
import { createEvent } from '../src/events/create-event.ts';
import { planSpecSchema } from '../src/events/plan-spec.ts';
import { newId } from '../src/platform/id.ts';
import type { Resources } from '../src/resources.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** A published event with so many seats in rows of a hundred; seat ids are 1..seats. */
export async function makeEvent(resources: Resources, seats: number, holdTtlSeconds = 600): Promise<string> {
  const organiserId = newId();
  const eventId = await createEvent(resources, {
    organiserId,
    details: {
      name: 'Benchmark',
      date: new Date(Date.now() + WEEK_MS),
      description: null,
      venueName: '',
      timeZone: 'UTC',
      currency: 'EUR',
      saleOpensAt: null,
      saleClosesAt: null,
      refundableUntil: null,
      seatsPerBuyerMax: 1000,
      holdTtlSeconds,
    },
    layout: {
      generator: planSpecSchema.parse({
        name: 'Hall',
        stage: null,
        categories: [{ name: 'Stalls' }],
        parts: [
          {
            kind: 'rows',
            name: 'Stalls',
            category: 'Stalls',
            rows: Math.ceil(seats / 100),
            seatsPerRow: Math.min(100, seats),
          },
        ],
      }),
    },
    prices: { Stalls: 2500 },
  });
  await publishEvent(resources, { eventId, actor: { userId: organiserId, role: 'organiser' } });
  return eventId;
}
