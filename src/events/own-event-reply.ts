import type { Reply } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { ownViewOf } from './event-answers.ts';
import { findEvent } from './event-store.ts';
import { type Actor, requireOwn } from './own-event.ts';
import { recentlyAvailable } from './recent-events.ts';

/** The event as its organiser sees it; read from MySQL itself, so that they see what they have just changed. */
export async function ownEventReply(resources: Resources, eventId: string, actor: Actor): Promise<Reply> {
  const event = requireOwn(await findEvent(resources.db, eventId), actor);
  const seatsAvailable = await recentlyAvailable(resources, event);
  return { status: 200, body: ownViewOf(event, seatsAvailable, new Date(resources.clock.nowMs())) };
}
