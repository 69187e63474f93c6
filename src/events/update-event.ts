import assert from 'node:assert/strict';
import { type Tx, inTransaction } from '../platform/mysql.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import type { EventDetails, EventRecord } from './event.ts';
import { type UpdateEventBody, closesAfterOpening } from './event-requests.ts';
import { lockEvent, updateDetails } from './event-store.ts';
import { repriceSeatMap, repriced } from './layout.ts';
import { findSeatMapGzip, updatePrices } from './layout-store.ts';
import { type Actor, requireOwn } from './own-event.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { forgetRecent } from './recent-events.ts';

/**
 * Changes what is said of an event and its prices; who has put seats on hold pays the price at checkout, not the one
 * seen before. The currency can be changed only while nobody can have bought.
 * @throws Problem `event_not_found`, `event_status_conflict` once it is cancelled, `event_fixed`, `invalid_prices`
 */
export async function updateEvent(
  resources: Pick<Resources, 'db' | 'log'>,
  command: { eventId: string; actor: Actor; changes: UpdateEventBody },
): Promise<void> {
  const { eventId, actor, changes } = command;
  await inTransaction(resources.db, async (tx) => {
    const event = requireOwn(await lockEvent(tx, eventId), actor);
    const details = detailsAfter(event, changes);
    assertAllowed(event, details);
    await updateDetails(tx, eventId, details);
    if (changes.prices === undefined && details.currency === event.currency) return;
    const tiers = repriced(event.tiers, changes.prices ?? {});
    const version = event.seatMapVersion + 1;
    const head = { version, currency: details.currency, tiers };
    const seatMapGzip = await repriceSeatMap(await lockedSeatMap(tx, eventId), head);
    await updatePrices(tx, eventId, { tiers, seatMapGzip, version });
  });
  forgetRecent(resources, eventId);
  resources.log.info({ eventId, userId: actor.userId, changed: Object.keys(changes) }, 'event.updated');
}

/** An event is never without its map: both are written in one transaction, and the event's row is locked. */
async function lockedSeatMap(tx: Tx, eventId: string): Promise<Buffer> {
  const seatMapGzip = await findSeatMapGzip(tx, eventId);
  assert(seatMapGzip !== null, 'an event has a seat map');
  return seatMapGzip;
}

function detailsAfter(event: EventRecord, changes: UpdateEventBody): EventDetails {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const details: EventDetails = { ...event, ...Object.fromEntries(given) };
  const followsDate =
    changes.refundableUntil === undefined && event.refundableUntil?.getTime() === event.date.getTime();
  return followsDate ? { ...details, refundableUntil: details.date } : details;
}

function assertAllowed(event: EventRecord, details: EventDetails): void {
  if (event.status === 'cancelled') {
    throw new Problem(EVENT_PROBLEMS.event_status_conflict, 'A cancelled event stays as it is.');
  }
  if (details.currency !== event.currency && event.status !== 'draft') {
    throw new Problem(EVENT_PROBLEMS.event_fixed, 'The currency is fixed once the event has been published.');
  }
  if (!closesAfterOpening(details)) {
    throw new Problem(PROBLEMS.invalid_request, 'The sale would close before it opens.', {
      members: { errors: [{ path: 'saleClosesAt', message: 'Must be after saleOpensAt' }] },
    });
  }
}
