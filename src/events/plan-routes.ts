import { z } from 'zod';
import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { ownEventSchema, planCheckSchema } from './event-answers.ts';
import { generatePlanBody, planBody, previewPlanBody, replacePlanBody } from './event-requests.ts';
import { findEvent } from './event-store.ts';
import { planFrom, previewSeatMap, unpackPlan } from './layout.ts';
import { findPlanGzip } from './layout-store.ts';
import { ownEventReply } from './own-event-reply.ts';
import { eventNotFound, requireOwn } from './own-event.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { readSeatMap } from './read-seat-map.ts';
import { replacePlan } from './replace-plan.ts';
import { sectionName } from './seat-map.ts';
import { seatMapSchema } from './seat-map-schema.ts';
import {
  PLAN_LIMITS,
  type SeatingPlan,
  readSeatingPlan,
  seatingPlanSchema,
  withoutExtensions,
} from './seating-plan.ts';

const ORGANISERS = { roles: ['organiser', 'admin'] } as const;

const exportRoute = defineRoute({
  method: 'get',
  path: '/api/admin/events/:eventId/plan',
  operationId: 'exportPlan',
  summary: "The event's seating plan, in pretix's format",
  description:
    'What was imported or generated. It has two fields of our own, if they are used: `general_admission` of a zone ' +
    'and `focus`; `strict=true` leaves them out, for importers that refuse what they do not know.',
  tags: ['organisers'],
  auth: ORGANISERS,
  params: idParams('eventId'),
  query: z.object({ strict: z.enum(['true', 'false']).default('false') }),
  compress: true,
  answers: { 200: { description: 'The plan', schema: seatingPlanSchema } },
  problems: [EVENT_PROBLEMS.event_not_found],
  handle: async ({ db }: Resources, { identity, params, query }) => {
    requireOwn(await findEvent(db, params.eventId), identity);
    const packed = await findPlanGzip(db, params.eventId);
    if (packed === null) throw eventNotFound();
    const plan = await unpackPlan(packed);
    return {
      status: 200,
      body: query.strict === 'true' ? withoutExtensions(plan) : plan,
      headers: { 'content-disposition': 'attachment; filename="seating-plan.json"' },
    };
  },
});

const replaceRoute = defineRoute({
  method: 'put',
  path: '/api/admin/events/:eventId/plan',
  operationId: 'replacePlan',
  summary: 'Give a draft other seats',
  description: 'With new prices. Refused once the event has been published: its seats are fixed then.',
  tags: ['organisers'],
  auth: ORGANISERS,
  params: idParams('eventId'),
  body: replacePlanBody,
  bodyBytesMax: PLAN_LIMITS.bodyBytesMax,
  answers: { 200: { description: 'The event', schema: ownEventSchema } },
  problems: Object.values(EVENT_PROBLEMS),
  handle: async (resources: Resources, { identity, params, body }) => {
    const { prices, ...layout } = body;
    await replacePlan(resources, { eventId: params.eventId, actor: identity, layout, prices });
    return await ownEventReply(resources, params.eventId, identity);
  },
});

const seatMapRoute = defineRoute({
  method: 'get',
  path: '/api/admin/events/:eventId/seat-map',
  operationId: 'previewSeatMap',
  summary: 'The seat map of an event that you manage, a draft too',
  tags: ['organisers'],
  auth: ORGANISERS,
  params: idParams('eventId'),
  compress: true,
  answers: { 200: { description: 'The seat map', schema: seatMapSchema } },
  problems: [EVENT_PROBLEMS.event_not_found],
  handle: async (resources: Resources, { identity, params }) => {
    const event = requireOwn(await findEvent(resources.db, params.eventId), identity);
    const { body } = await readSeatMap(resources, event, false);
    return { status: 200, body, headers: { 'content-type': 'application/json; charset=utf-8' } };
  },
});

const generateRoute = defineRoute({
  method: 'post',
  path: '/api/admin/plans/generate',
  operationId: 'generatePlan',
  summary: 'Make a seating plan from rows, blocks, arcs and general admission',
  description: 'Nothing is stored: look at it, edit it, and create an event with it.',
  tags: ['organisers'],
  auth: ORGANISERS,
  body: generatePlanBody,
  compress: true,
  answers: { 200: { description: 'The plan', schema: seatingPlanSchema } },
  problems: [EVENT_PROBLEMS.invalid_plan],
  handle: async (_resources: Resources, { body }) => ({ status: 200, body: planFrom(body) }),
});

const validateRoute = defineRoute({
  method: 'post',
  path: '/api/admin/plans/validate',
  operationId: 'validatePlan',
  summary: 'Check a seating plan',
  description: 'Answers what the plan holds, or each fault with its path. Nothing is stored.',
  tags: ['organisers'],
  auth: ORGANISERS,
  body: planBody,
  bodyBytesMax: PLAN_LIMITS.bodyBytesMax,
  answers: { 200: { description: 'What the check found', schema: planCheckSchema } },
  handle: async (_resources: Resources, { body }) => {
    const reading = readSeatingPlan(body);
    if (reading.outcome === 'plan') return { status: 200, body: contentsOf(reading.plan) };
    return { status: 200, body: { valid: false, errors: reading.faults, errorCount: reading.faultCount } };
  },
});

const previewRoute = defineRoute({
  method: 'post',
  path: '/api/admin/plans/preview',
  operationId: 'previewPlan',
  summary: 'Draw a seating plan as buyers would see it',
  description: 'From a plan, a generator or a preset. Nothing is stored; the prices are 0.',
  tags: ['organisers'],
  auth: ORGANISERS,
  body: previewPlanBody,
  bodyBytesMax: PLAN_LIMITS.bodyBytesMax,
  compress: true,
  answers: { 200: { description: 'The seat map', schema: seatMapSchema } },
  problems: [EVENT_PROBLEMS.invalid_plan],
  handle: async (_resources: Resources, { body }) => ({ status: 200, body: previewSeatMap(planFrom(body)) }),
});

export const planRoutes: readonly AnyRoute<Resources>[] = [
  exportRoute,
  replaceRoute,
  seatMapRoute,
  generateRoute,
  validateRoute,
  previewRoute,
];

function contentsOf(plan: SeatingPlan): z.input<typeof planCheckSchema> {
  const counts = new Map(plan.categories.map((category) => [category.name, 0]));
  const add = (category: string, count: number) => counts.set(category, (counts.get(category) ?? 0) + count);
  for (const zone of plan.zones) {
    for (const row of zone.rows) {
      for (const seat of row.seats) add(seat.category, 1);
    }
    if (zone.general_admission) add(zone.general_admission.category, zone.general_admission.capacity);
  }
  const categories = [...counts].map(([name, seatCount]) => ({ name, seatCount }));
  return {
    valid: true,
    name: plan.name,
    seatCount: categories.reduce((sum, { seatCount }) => sum + seatCount, 0),
    sections: plan.zones.map((zone, index) => sectionName(zone, index)),
    categories,
    errors: [],
    errorCount: 0,
  };
}
