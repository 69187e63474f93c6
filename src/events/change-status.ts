import type { EventStatus } from '../../db/schema.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { statusesBefore } from './event.ts';
import { findEvent, updateStatus } from './event-store.ts';
import { EVENT_CANCELLED } from './jobs.ts';
import { type Actor, eventNotFound, requireOwn } from './own-event.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { forgetRecent } from './recent-events.ts';

type Command = { readonly eventId: string; readonly actor: Actor };

/** Shows the event to everyone and opens its sale at its time. Of a published one: nothing. @throws Problem */
export async function publishEvent(
  resources: Pick<Resources, 'db' | 'log'>,
  command: Command,
): Promise<void> {
  await moveTo(resources, command, 'published');
}

/** Ends the sale; bookings stay. Publishing opens it again. Of a closed one: nothing. @throws Problem */
export async function closeEvent(resources: Pick<Resources, 'db' | 'log'>, command: Command): Promise<void> {
  await moveTo(resources, command, 'closed');
}

/**
 * Calls the event off for good, and has every booking of it refunded by the job `event.cancelled`. Of a cancelled
 * one: sends the job again, so that a job that was lost in a crash is made good by repeating the call.
 * @throws Problem
 */
export async function cancelEvent(
  resources: Pick<Resources, 'db' | 'log' | 'queues'>,
  command: Command,
): Promise<void> {
  await moveTo(resources, command, 'cancelled');
  crashPoint('event-cancel.committed');
  const jobId = `event-cancelled-${command.eventId}-${newId()}`;
  await resources.queues.add(EVENT_CANCELLED, { eventId: command.eventId }, { jobId });
}

async function moveTo(
  { db, log }: Pick<Resources, 'db' | 'log'>,
  { eventId, actor }: Command,
  to: EventStatus,
): Promise<void> {
  requireOwn(await findEvent(db, eventId), actor);
  const moved = await updateStatus(db, { eventId, from: statusesBefore(to), to });
  forgetRecent({ db }, eventId);
  if (moved) {
    log.info({ eventId, userId: actor.userId, status: to }, 'event.status-changed');
    return;
  }
  const now = await findEvent(db, eventId);
  if (now === null) throw eventNotFound();
  if (now.status === to) return;
  const detail = `The event is ${now.status} and can not become ${to}.`;
  throw new Problem(EVENT_PROBLEMS.event_status_conflict, detail, { members: { eventStatus: now.status } });
}
