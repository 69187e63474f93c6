import { type EventId, newId } from '../platform/id.ts';
import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import type { EventDetails } from './event.ts';
import { insertEvent } from './event-store.ts';
import { type LayoutRequest, drawLayout, planFrom, tiersOf } from './layout.ts';
import { insertLayout } from './layout-store.ts';

export type CreateEvent = {
  readonly organiserId: string;
  readonly details: EventDetails;
  readonly layout: LayoutRequest;
  /** Minor units by category of the plan. */
  readonly prices: Readonly<Record<string, number>>;
  /** A new one unless given. */
  readonly eventId?: EventId;
};

/**
 * A new event, as a draft, with all of its seats: in one transaction, so that there is never half an event.
 * @throws Problem `invalid_plan` or `invalid_prices`
 */
export async function createEvent(
  { db, log }: Pick<Resources, 'db' | 'log'>,
  { organiserId, details, layout, prices, eventId = newId<'event'>() }: CreateEvent,
): Promise<EventId> {
  const plan = planFrom(layout);
  const tiers = tiersOf(plan, prices);
  const drawn = await drawLayout(plan, { eventId, version: 1, currency: details.currency, tiers });
  await inTransaction(db, async (tx) => {
    await insertEvent(tx, { eventId, organiserId, details });
    await insertLayout(tx, eventId, drawn);
  });
  log.info({ eventId, organiserId, seatCount: drawn.seats.length }, 'event.created');
  return eventId;
}
