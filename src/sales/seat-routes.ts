import { z } from 'zod';
import { findEvent } from '../events/event-store.ts';
import { requireOwn } from '../events/own-event.ts';
import { EVENT_PROBLEMS } from '../events/problems.ts';
import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { SeatsSchema } from '../seats/routes.ts';
import { getSeatStatuses } from '../seats/seat-status.ts';
import { BlockedSchema, SeatStorySchema } from './answers.ts';
import { type BlockCommand, blockEventSeats, unblockEventSeats } from './block-seats.ts';
import { SALES_PROBLEMS } from './problems.ts';
import { readSeatStory } from './seat-story.ts';

const SEATS_PER_CALL_MAX = 5_000;
const SeatIdSchema = z.int().min(1).max(4_294_967_295);

const OF_OWN_EVENT = { tags: ['organisers'], auth: { roles: ['organiser', 'admin'] } } as const;

const seatsRoute = defineRoute({
  ...OF_OWN_EVENT,
  method: 'get',
  path: '/api/admin/events/:eventId/seats',
  operationId: 'listOwnSeats',
  summary: 'The state of every seat of an event that you manage, a draft too',
  params: idParams('eventId'),
  compress: true,
  answers: { 200: { description: 'The seats', schema: SeatsSchema } },
  problems: [EVENT_PROBLEMS.event_not_found],
  handle: async (resources: Resources, { identity, params }) => {
    const { eventId } = requireOwn(await findEvent(resources.db, params.eventId), identity);
    const { letters, counts, version } = await getSeatStatuses(resources, eventId);
    return { status: 200, body: { eventId, version, counts, seats: letters } };
  },
});

const storyRoute = defineRoute({
  ...OF_OWN_EVENT,
  method: 'get',
  path: '/api/admin/events/:eventId/seats/:seatId/log',
  operationId: 'getSeatStory',
  summary: 'All that happened to a seat',
  params: z.object({
    ...idParams('eventId').shape,
    seatId: z
      .string()
      .regex(/^\d{1,10}$/)
      .transform(Number)
      .pipe(SeatIdSchema),
  }),
  compress: true,
  answers: { 200: { description: 'Its story, newest first', schema: SeatStorySchema } },
  problems: [EVENT_PROBLEMS.event_not_found, SALES_PROBLEMS.seat_not_found],
  handle: async (resources: Resources, { identity, params }) => {
    requireOwn(await findEvent(resources.db, params.eventId), identity);
    const { entries, ...story } = await readSeatStory(resources, params);
    return {
      status: 200,
      body: { ...story, entries: entries.map((entry) => ({ ...entry, at: entry.at.toISOString() })) },
    };
  },
});

export const salesSeatRoutes: readonly AnyRoute<Resources>[] = [
  seatsRoute,
  storyRoute,
  blockingRoute('block', blockEventSeats, {
    summary: 'Keep seats off sale',
    description:
      'All of them or none: `seats_not_free` names those that are held or sold. On seat maps they show as not on sale. Repeating it changes nothing.',
    problems: [EVENT_PROBLEMS.event_not_found, SALES_PROBLEMS.seats_not_free, SALES_PROBLEMS.no_such_seats],
  }),
  blockingRoute('unblock', unblockEventSeats, {
    summary: 'Put blocked seats back on sale',
    description: 'Seats that are not blocked stay as they are. Repeating it changes nothing.',
    problems: [EVENT_PROBLEMS.event_not_found],
  }),
];

function blockingRoute(
  verb: 'block' | 'unblock',
  action: (resources: Resources, command: BlockCommand) => Promise<number[]>,
  words: Pick<AnyRoute<Resources>, 'summary' | 'description' | 'problems'>,
): AnyRoute<Resources> {
  return defineRoute({
    ...OF_OWN_EVENT,
    ...words,
    method: 'post',
    path: `/api/admin/events/:eventId/seats/${verb}`,
    operationId: `${verb}Seats`,
    params: idParams('eventId'),
    body: z.object({ seatIds: z.array(SeatIdSchema).min(1).max(SEATS_PER_CALL_MAX) }),
    answers: { 200: { description: 'Which seats changed', schema: BlockedSchema } },
    handle: async (resources: Resources, { identity, params, body }) => ({
      status: 200,
      body: { seatIds: await action(resources, { ...params, actor: identity, seatIds: body.seatIds }) },
    }),
  });
}
