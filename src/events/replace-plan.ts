import { inTransaction } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { lockEvent } from './event-store.ts';
import { type LayoutRequest, drawLayout, planFrom, tiersOf } from './layout.ts';
import { deleteLayout, insertLayout } from './layout-store.ts';
import { type Actor, requireOwn } from './own-event.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { forgetRecent } from './recent-events.ts';

/**
 * Gives a draft other seats. Once an event has been published its seats are fixed, because buyers may have them.
 * @throws Problem `event_not_found`, `event_fixed`, `invalid_plan`, `invalid_prices`
 */
export async function replacePlan(
  resources: Pick<Resources, 'db' | 'log'>,
  command: { eventId: string; actor: Actor; layout: LayoutRequest; prices: Readonly<Record<string, number>> },
): Promise<void> {
  const { eventId, actor } = command;
  const plan = planFrom(command.layout);
  const tiers = tiersOf(plan, command.prices);
  await inTransaction(resources.db, async (tx) => {
    const event = requireOwn(await lockEvent(tx, eventId), actor);
    if (event.status !== 'draft') {
      throw new Problem(EVENT_PROBLEMS.event_fixed, 'The seats are fixed once the event has been published.');
    }
    const version = event.seatMapVersion + 1;
    const drawn = await drawLayout(plan, { eventId, version, currency: event.currency, tiers });
    await deleteLayout(tx, eventId);
    await insertLayout(tx, eventId, drawn);
  });
  forgetRecent(resources, eventId);
  resources.log.info({ eventId, userId: actor.userId }, 'event.plan-replaced');
}
