import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, type Identity, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { cancelEvent, closeEvent, publishEvent } from './change-status.ts';
import { createEvent } from './create-event.ts';
import { ownEventPageSchema, ownEventSchema, ownViewOf } from './event-answers.ts';
import { EVENT_STATUSES } from './event.ts';
import { createEventBody, listOwnEventsQuery, updateEventBody } from './event-requests.ts';
import { listEvents } from './event-store.ts';
import { ownEventReply } from './own-event-reply.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { recentlyAvailable } from './recent-events.ts';
import { PLAN_LIMITS } from './seating-plan.ts';
import { updateEvent } from './update-event.ts';

const ORGANISERS = { roles: ['organiser', 'admin'] } as const;
const { event_not_found, event_status_conflict, event_fixed, invalid_plan, invalid_prices } = EVENT_PROBLEMS;

const listRoute = defineRoute({
  method: 'get',
  path: '/api/admin/events',
  operationId: 'listOwnEvents',
  summary: 'The events that you manage',
  description: "An organiser's own, in any state; an administrator sees everyone's.",
  tags: ['organisers'],
  auth: ORGANISERS,
  query: listOwnEventsQuery,
  compress: true,
  answers: { 200: { description: 'A page of events', schema: ownEventPageSchema } },
  handle: async (resources: Resources, { identity, query }) => {
    const { page, limit, status } = query;
    const statuses = status === undefined ? EVENT_STATUSES : [status];
    const organiserId = identity.role === 'admin' ? null : identity.userId;
    const filter = { ...query, statuses, organiserId, offset: (page - 1) * limit };
    const { events, total } = await listEvents(resources.db, filter);
    const now = new Date(resources.clock.nowMs());
    const items = await Promise.all(
      events.map(async (event) => ownViewOf(event, await recentlyAvailable(resources, event), now)),
    );
    return { status: 200, body: { items, page, limit, total } };
  },
});

const createRoute = defineRoute({
  method: 'post',
  path: '/api/admin/events',
  operationId: 'createEvent',
  summary: 'Create an event with all of its seats',
  description:
    'A draft at first: publish it to sell. Its seats come from exactly one of `plan` (a seating plan in ' +
    "pretix's format), `generator` (rows, blocks, arcs, general admission) and `preset` (a ready-made hall); " +
    'each category becomes a tier, with its price from `prices`.',
  tags: ['organisers'],
  auth: ORGANISERS,
  body: createEventBody,
  bodyBytesMax: PLAN_LIMITS.bodyBytesMax,
  idempotent: true,
  answers: { 201: { description: 'The event', schema: ownEventSchema } },
  problems: [invalid_plan, invalid_prices],
  handle: async (resources: Resources, { identity, body }) => {
    const { plan, generator, preset, prices, refundableUntil = body.date, ...details } = body;
    const eventId = await createEvent(resources, {
      organiserId: identity.userId,
      details: { ...details, refundableUntil },
      layout: { plan, generator, preset },
      prices,
    });
    const reply = await ownEventReply(resources, eventId, identity);
    return { ...reply, status: 201, headers: { location: `/api/admin/events/${eventId}` } };
  },
});

const readRoute = defineRoute({
  method: 'get',
  path: '/api/admin/events/:eventId',
  operationId: 'getOwnEvent',
  summary: 'One event that you manage',
  tags: ['organisers'],
  auth: ORGANISERS,
  params: idParams('eventId'),
  answers: { 200: { description: 'The event', schema: ownEventSchema } },
  problems: [event_not_found],
  handle: async (resources: Resources, { identity, params }) =>
    await ownEventReply(resources, params.eventId, identity),
});

const updateRoute = defineRoute({
  method: 'patch',
  path: '/api/admin/events/:eventId',
  operationId: 'updateEvent',
  summary: 'Change what is said of an event, or its prices',
  description:
    'Only what is given changes; `prices` may name some of the tiers. The currency is fixed once published.',
  tags: ['organisers'],
  auth: ORGANISERS,
  params: idParams('eventId'),
  body: updateEventBody,
  answers: { 200: { description: 'The event', schema: ownEventSchema } },
  problems: [event_not_found, event_status_conflict, event_fixed, invalid_prices],
  handle: async (resources: Resources, { identity, params, body }) => {
    await updateEvent(resources, { eventId: params.eventId, actor: identity, changes: body });
    return await ownEventReply(resources, params.eventId, identity);
  },
});

const publishRoute = statusRoute('publish', publishEvent, {
  summary: 'Show an event to everyone and sell it',
  description: 'A draft, or a closed event again. Repeating it changes nothing.',
});
const closeRoute = statusRoute('close', closeEvent, {
  summary: 'End the sale of an event',
  description:
    'Bookings stay, nothing more is sold; publishing opens the sale again. Repeating it changes nothing.',
});
const cancelRoute = statusRoute('cancel', cancelEvent, {
  summary: 'Call an event off and refund every booking',
  description: 'For good. The refunds follow in the background; repeating it makes sure of them.',
});

export const adminEventRoutes: readonly AnyRoute<Resources>[] = [
  listRoute,
  createRoute,
  readRoute,
  updateRoute,
  publishRoute,
  closeRoute,
  cancelRoute,
];

type StatusAction = (resources: Resources, command: { eventId: string; actor: Identity }) => Promise<void>;

function statusRoute(
  verb: 'publish' | 'close' | 'cancel',
  action: StatusAction,
  words: { summary: string; description: string },
): AnyRoute<Resources> {
  return defineRoute({
    ...words,
    method: 'post',
    path: `/api/admin/events/:eventId/${verb}`,
    operationId: `${verb}Event`,
    tags: ['organisers'],
    auth: ORGANISERS,
    params: idParams('eventId'),
    answers: { 200: { description: 'The event', schema: ownEventSchema } },
    problems: [event_not_found, event_status_conflict],
    handle: async (resources: Resources, { identity, params }) => {
      await action(resources, { eventId: params.eventId, actor: identity });
      return await ownEventReply(resources, params.eventId, identity);
    },
  });
}
