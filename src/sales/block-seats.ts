import { type Actor, requireOwn } from '../events/own-event.ts';
import { findEvent } from '../events/event-store.ts';
import { forgetRecent } from '../events/recent-events.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { SeatId } from '../platform/id.ts';
import { inTransaction } from '../platform/mysql.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { blockSeats, unblockSeats } from '../seats/blocked-seat-store.ts';
import { changesTo } from '../seats/seat.ts';
import { publishSeatChanges } from '../seats/seat-changes.ts';
import { clearBooked, markBooked } from '../seats/seat-locks.ts';
import { SALES_PROBLEMS } from './problems.ts';

export type BlockCommand = { eventId: string; actor: Actor; seatIds: readonly SeatId[] };

/**
 * Takes seats off sale, all or none, and returns those that were on sale until now. MySQL decides; Redis is told
 * afterwards, so that claims are refused there, and reconciliation tells it again should this process die in between.
 * @throws Problem `event_not_found`, `seats_not_free` (held or sold ones) or `no_such_seats`, with the `seatIds`.
 */
export async function blockEventSeats(resources: Resources, command: BlockCommand): Promise<SeatId[]> {
  const { eventId, actor } = command;
  const event = requireOwn(await findEvent(resources.db, eventId), actor);
  const blocking = { eventId, userId: actor.userId, seatIds: sorted(command.seatIds) };
  const result = await inTransaction(resources.db, (tx) => blockSeats(tx, blocking));
  if (result.outcome !== 'blocked') throw refusal(result.outcome, result.seatIds);
  const seatIds = [...result.seatIds];
  crashPoint('block.committed');
  await tellRedis(resources, eventId, async () => {
    // Nobody can claim seats of a draft, and its seats may still be replaced by others.
    if (event.status !== 'draft') await markBooked(resources.redis, eventId, seatIds);
    await publishSeatChanges(resources.redis, eventId, changesTo('blocked', seatIds));
  });
  resources.log.info({ eventId, userId: actor.userId, seatCount: seatIds.length }, 'seats.blocked');
  return seatIds;
}

/** Puts blocked seats back on sale and returns which those were; the others stay as they are. @throws Problem `event_not_found` */
export async function unblockEventSeats(resources: Resources, command: BlockCommand): Promise<SeatId[]> {
  const { eventId, actor } = command;
  requireOwn(await findEvent(resources.db, eventId), actor);
  const blocking = { eventId, userId: actor.userId, seatIds: sorted(command.seatIds) };
  const seatIds = await inTransaction(resources.db, (tx) => unblockSeats(tx, blocking));
  await tellRedis(resources, eventId, async () => {
    await clearBooked(resources.redis, eventId, seatIds);
    await publishSeatChanges(resources.redis, eventId, changesTo('available', seatIds));
  });
  resources.log.info({ eventId, userId: actor.userId, seatCount: seatIds.length }, 'seats.unblocked');
  return seatIds;
}

async function tellRedis(resources: Resources, eventId: string, tell: () => Promise<void>): Promise<void> {
  forgetRecent(resources, eventId);
  try {
    await tell();
  } catch (error) {
    resources.log.warn({ eventId, err: error }, 'seats.redis-behind');
  }
}

function refusal(outcome: 'taken' | 'unknown', seatIds: readonly SeatId[]): Problem {
  const members = { seatIds: [...seatIds] };
  if (outcome === 'unknown')
    return new Problem(SALES_PROBLEMS.no_such_seats, `The event has no seat ${seatIds.join(', ')}.`, {
      members,
    });
  return new Problem(
    SALES_PROBLEMS.seats_not_free,
    `Held or sold: seat ${seatIds.join(', ')}. Nothing was blocked; leave them out.`,
    { members },
  );
}

function sorted(seatIds: readonly SeatId[]): SeatId[] {
  return [...new Set(seatIds)].toSorted((a, b) => a - b);
}
