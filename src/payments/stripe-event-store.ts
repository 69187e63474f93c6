import { sql } from 'kysely';
import type { StripeEventStatus } from '../../db/schema.ts';
import { type DbOrTx, NOW } from '../platform/mysql.ts';
import type { IncomingEvent } from './stripe-events.ts';

export type InboxEvent = {
  readonly stripeEventId: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly payload: string;
  readonly status: StripeEventStatus;
  readonly tries: number;
};

const ERROR_TEXT_MAX = 500;
const RETRY_SECONDS_MAX = 600;

/** An event, and what is to become of it: `ignored` when it is none of ours. */
export type NewEvent = { readonly event: IncomingEvent; readonly status: StripeEventStatus };

/** Puts events into the inbox, all or none. @throws a duplicate key when any of them is there already. */
export async function insertEvents(db: DbOrTx, events: readonly NewEvent[]): Promise<void> {
  await db
    .insertInto('stripe_events')
    .values(
      // Two processes that are told of the same come to the key in one order.
      events
        .toSorted((a, b) => (a.event.stripeEventId < b.event.stripeEventId ? -1 : 1))
        .map(({ event, status }) => ({
          stripe_event_id: event.stripeEventId,
          type: event.type,
          object_id: event.objectId,
          livemode: event.isLive ? 1 : 0,
          api_version: event.apiVersion,
          payload: event.payload,
          status,
          received_at: NOW,
        })),
    )
    .execute();
}

export async function listEventsById(
  db: DbOrTx,
  stripeEventIds: readonly string[],
): Promise<Map<string, InboxEvent>> {
  const rows = await db
    .selectFrom('stripe_events')
    .selectAll()
    .where('stripe_event_id', 'in', [...stripeEventIds])
    .execute();
  return new Map(
    rows.map((row) => [
      row.stripe_event_id,
      {
        stripeEventId: row.stripe_event_id,
        type: row.type,
        objectId: row.object_id,
        payload: row.payload,
        status: row.status,
        tries: row.tries,
      },
    ]),
  );
}

export async function finishEvents(
  db: DbOrTx,
  stripeEventIds: readonly string[],
  status: 'done' | 'ignored',
): Promise<void> {
  await db
    .updateTable('stripe_events')
    .set({ status, handled_at: NOW, last_error: null })
    .where('stripe_event_id', 'in', [...stripeEventIds])
    .where('status', '=', 'received')
    .execute();
}

/** Notes a failed try; `isLast` leaves the event to a person. */
export async function noteEventFailure(
  db: DbOrTx,
  failure: { stripeEventId: string; reason: string; isLast: boolean; countsTry: boolean },
): Promise<void> {
  await db
    .updateTable('stripe_events')
    .set((row) => ({
      tries: failure.countsTry ? row('tries', '+', 1) : row.ref('tries'),
      last_error: failure.reason.slice(0, ERROR_TEXT_MAX),
      handled_at: NOW,
      ...(failure.isLast ? { status: 'dead' as const } : {}),
    }))
    .where('stripe_event_id', '=', failure.stripeEventId)
    .where('status', '=', 'received')
    .execute();
}

/** Events that wait in the inbox though their time has come: so long after they came, then doubling with each failed try. */
export async function listOverdueEvents(
  db: DbOrTx,
  waitSeconds: number,
  limit: number,
): Promise<{ stripeEventId: string; tries: number }[]> {
  const rows = await db
    .selectFrom('stripe_events')
    .select(['stripe_event_id', 'tries'])
    .where('status', '=', 'received')
    .where(
      sql<boolean>`COALESCE(handled_at, received_at) <= UTC_TIMESTAMP(3) - INTERVAL LEAST(${RETRY_SECONDS_MAX}, ${waitSeconds} * POW(2, LEAST(tries, 20))) SECOND`,
    )
    .orderBy('received_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ stripeEventId: row.stripe_event_id, tries: row.tries }));
}
