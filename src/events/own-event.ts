import { Problem } from '../platform/problem.ts';
import type { Identity } from '../platform/http/route.ts';
import type { EventRecord } from './event.ts';
import { EVENT_PROBLEMS } from './problems.ts';

/** Who acts on an event. */
export type Actor = Pick<Identity, 'userId' | 'role'>;

/** The event, if the actor may manage it: its organiser, or an administrator. @throws Problem `event_not_found` */
export function requireOwn(event: EventRecord | null, actor: Actor): EventRecord {
  if (event !== null && (actor.role === 'admin' || isOrganiser(event, actor))) return event;
  throw eventNotFound();
}

/** What everyone is told of an event that isn't there or that they may not see. */
export function eventNotFound(): Problem {
  return new Problem(EVENT_PROBLEMS.event_not_found, 'There is no event with this id that you may see.');
}

function isOrganiser(event: EventRecord, actor: Actor): boolean {
  return actor.role === 'organiser' && event.organiserId === actor.userId;
}
