import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { adminEventRoutes } from './admin-routes.ts';
import { eventPageSchema, eventSchema, summaryOf, viewOf } from './event-answers.ts';
import { type EventRecord, PUBLIC_STATUSES } from './event.ts';
import { listEventsQuery } from './event-requests.ts';
import { listEvents } from './event-store.ts';
import { eventNotFound } from './own-event.ts';
import { planRoutes } from './plan-routes.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { acceptsGzip, readSeatMap } from './read-seat-map.ts';
import { recentEvent, recentlyAvailable } from './recent-events.ts';
import { seatMapSchema } from './seat-map-schema.ts';

/** A changed price shows on maps that are fetched ten seconds later; what is charged is always the present one. */
const SEAT_MAP_CACHING = 'public, max-age=10, stale-while-revalidate=60';

const listRoute = defineRoute({
  method: 'get',
  path: '/api/events',
  operationId: 'listEvents',
  summary: 'Events on sale',
  description: 'Published events; unless `when` says otherwise, those that are not over.',
  tags: ['events'],
  auth: 'none',
  query: listEventsQuery,
  compress: true,
  answers: { 200: { description: 'A page of events', schema: eventPageSchema } },
  handle: async (resources: Resources, { query }) => {
    const { page, limit } = query;
    const filter = {
      ...query,
      statuses: ['published'] as const,
      organiserId: null,
      offset: (page - 1) * limit,
    };
    const { events, total } = await listEvents(resources.db, filter);
    const now = new Date(resources.clock.nowMs());
    const items = await Promise.all(
      events.map(async (event) => summaryOf(event, await recentlyAvailable(resources, event), now)),
    );
    return { status: 200, body: { items, page, limit, total } };
  },
});

const readRoute = defineRoute({
  method: 'get',
  path: '/api/events/:eventId',
  operationId: 'getEvent',
  summary: 'One event with its price tiers',
  description: 'Also once it is closed or cancelled. At most a second old.',
  tags: ['events'],
  auth: 'none',
  params: idParams('eventId'),
  answers: { 200: { description: 'The event', schema: eventSchema } },
  problems: [EVENT_PROBLEMS.event_not_found],
  handle: async (resources: Resources, { params }) => {
    const event = await publicEvent(resources, params.eventId);
    const seatsAvailable = await recentlyAvailable(resources, event);
    return { status: 200, body: viewOf(event, seatsAvailable, new Date(resources.clock.nowMs())) };
  },
});

const seatMapRoute = defineRoute({
  method: 'get',
  path: '/api/events/:eventId/seat-map',
  operationId: 'getSeatMap',
  summary: 'Where the seats are and what they cost',
  description:
    'Everything about the seats but who has them (that is `/seats`, in the order of the seat ids). ' +
    'Send `If-None-Match` to be told 304 while it has not changed.',
  tags: ['events'],
  auth: 'none',
  params: idParams('eventId'),
  compress: true,
  answers: {
    200: { description: 'The seat map', schema: seatMapSchema },
    304: { description: 'Not changed' },
  },
  problems: [EVENT_PROBLEMS.event_not_found],
  handle: async (resources: Resources, { params, headers }) => {
    const event = await publicEvent(resources, params.eventId);
    const takesGzip = acceptsGzip(headers['accept-encoding']);
    const { body, etag, encoding } = await readSeatMap(resources, event, takesGzip);
    return {
      status: 200,
      body,
      headers: {
        etag,
        'cache-control': SEAT_MAP_CACHING,
        'content-type': 'application/json; charset=utf-8',
        ...(encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      },
    };
  },
});

export const eventRoutes: readonly AnyRoute<Resources>[] = [
  listRoute,
  readRoute,
  seatMapRoute,
  ...adminEventRoutes,
  ...planRoutes,
];

/** @throws Problem `event_not_found` for drafts too */
async function publicEvent(resources: Resources, eventId: string): Promise<EventRecord> {
  const event = await recentEvent(resources, eventId);
  if (event === null || !PUBLIC_STATUSES.some((status) => status === event.status)) throw eventNotFound();
  return event;
}
