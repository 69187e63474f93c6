import { z } from 'zod';
import { idParams } from '../platform/http/params.ts';
import { defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { countOutcome } from './count-outcome.ts';
import { findHoldView, findOpenHoldView } from './find-hold.ts';
import { holdSeats } from './hold-seats.ts';
import { HoldSchema } from './hold-view.ts';
import { HOLD_PROBLEMS } from './problems.ts';
import { releaseHold, releaseSeat } from './release-hold.ts';

const SEATS_PER_REQUEST_MAX = 100;
const SeatIdSchema = z.int().min(1).max(4_294_967_295);

const Selection = z
  .union([
    z.strictObject({ seatIds: z.array(SeatIdSchema).min(1).max(SEATS_PER_REQUEST_MAX) }),
    z.strictObject({ tier: z.int().min(0).max(65_535), quantity: z.int().min(1).max(SEATS_PER_REQUEST_MAX) }),
  ])
  .meta({
    id: 'SeatSelection',
    description:
      'Either the seats, or how many of a tier: then the best that are free, together if possible.',
  });

const SeatPath = z.object({
  ...idParams('holdId').shape,
  seatId: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(SeatIdSchema),
});

export const holdRoutes = [
  defineRoute({
    method: 'post',
    path: '/api/events/:eventId/holds',
    operationId: 'holdSeats',
    summary: 'Take seats',
    description:
      'All of them or none. They join your open hold of the event, if you have one, and its clock starts anew. Send `Prefer: respond-async` to be answered 202 at once.',
    tags: ['holds'],
    auth: 'required',
    params: idParams('eventId'),
    body: Selection,
    idempotent: true,
    answers: {
      201: { description: 'The seats are yours until `expiresAt`', schema: HoldSchema },
      202: { description: 'Being written: ask again at `Location`', schema: HoldSchema },
    },
    problems: Object.values(HOLD_PROBLEMS),
    handle: async (resources: Resources, { identity, params, body, headers }) => {
      const respondAsync = /(?:^|,)\s*respond-async\s*(?:[,;]|$)/i.test(String(headers['prefer'] ?? ''));
      const command = { identity, eventId: params.eventId, selection: body, respondAsync };
      const { outcome, hold } = await countOutcome(resources.metrics, () => holdSeats(resources, command));
      const location = `/api/holds/${hold.id}`;
      if (outcome === 'held') return { status: 201, headers: { location }, body: hold };
      const applied = respondAsync ? { 'preference-applied': 'respond-async' } : {};
      return { status: 202, headers: { location, 'retry-after': '1', ...applied }, body: hold };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/events/:eventId/holds/mine',
    operationId: 'findMyHold',
    summary: 'Your open hold of the event',
    tags: ['holds'],
    auth: 'required',
    params: idParams('eventId'),
    answers: { 200: { description: 'Your hold', schema: HoldSchema }, 204: { description: 'You have none' } },
    handle: async (resources: Resources, { identity, params }) => {
      const hold = await findOpenHoldView(resources, params.eventId, identity.userId);
      return hold === null ? { status: 204 } : { status: 200, body: hold };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/holds/:holdId',
    operationId: 'findHold',
    summary: 'A hold of yours',
    tags: ['holds'],
    auth: 'required',
    params: idParams('holdId'),
    answers: { 200: { description: 'The hold', schema: HoldSchema } },
    problems: [HOLD_PROBLEMS.hold_not_found],
    handle: async (resources: Resources, { identity, params }) => ({
      status: 200,
      body: await findHoldView(resources, { holdId: params.holdId, userId: identity.userId }),
    }),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/holds/:holdId',
    operationId: 'releaseHold',
    summary: 'Give up a hold',
    tags: ['holds'],
    auth: 'required',
    params: idParams('holdId'),
    answers: { 200: { description: 'Its seats are free', schema: HoldSchema } },
    problems: [HOLD_PROBLEMS.hold_not_found, HOLD_PROBLEMS.hold_in_checkout],
    handle: async (resources: Resources, { identity, params }) => ({
      status: 200,
      body: await releaseHold(resources, { holdId: params.holdId, userId: identity.userId }),
    }),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/holds/:holdId/seats/:seatId',
    operationId: 'releaseSeat',
    summary: 'Give up one seat',
    description: 'With the last seat the hold is released.',
    tags: ['holds'],
    auth: 'required',
    params: SeatPath,
    answers: { 200: { description: 'The hold without the seat', schema: HoldSchema } },
    problems: [HOLD_PROBLEMS.hold_not_found, HOLD_PROBLEMS.hold_in_checkout],
    handle: async (resources: Resources, { identity, params }) => ({
      status: 200,
      body: await releaseSeat(resources, { ...params, userId: identity.userId }),
    }),
  }),
];
