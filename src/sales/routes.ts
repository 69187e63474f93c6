import { Readable } from 'node:stream';
import { z } from 'zod';
import { findEvent } from '../events/event-store.ts';
import { requireOwn } from '../events/own-event.ts';
import { EVENT_PROBLEMS } from '../events/problems.ts';
import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import {
  SalesHistorySchema,
  SalesSchema,
  SoldBookingPageSchema,
  salesView,
  soldBookingView,
} from './answers.ts';
import { bookingsCsv } from './bookings-csv.ts';
import { listEventBookings } from './bookings-store.ts';
import { type HistoryRange, getHistory, getSales } from './read-sales.ts';
import { salesSeatRoutes } from './seat-routes.ts';

const POINTS_MAX = 1_000;
const POINTS_USUAL = 120;
const STEP_SECONDS_MAX = 7 * 24 * 60 * 60;
const PAGE_MAX = 10_000;
const BOOKINGS_PER_PAGE = 50;
const BOOKINGS_PER_PAGE_MAX = 200;

const OF_OWN_EVENT = {
  tags: ['organisers'],
  auth: { roles: ['organiser', 'admin'] },
  params: idParams('eventId'),
  problems: [EVENT_PROBLEMS.event_not_found],
} as const;

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const salesRoute = defineRoute({
  ...OF_OWN_EVENT,
  method: 'get',
  path: '/api/admin/events/:eventId/sales',
  operationId: 'getSales',
  summary: 'How the sale of an event stands',
  description: 'At most a second old, however many ask.',
  answers: { 200: { description: 'The figures', schema: SalesSchema } },
  handle: async (resources: Resources, { identity, params }) => {
    const event = requireOwn(await findEvent(resources.db, params.eventId), identity);
    return { status: 200, body: salesView(event, await getSales(resources, event.eventId)) };
  },
});

const historyRoute = defineRoute({
  ...OF_OWN_EVENT,
  method: 'get',
  path: '/api/admin/events/:eventId/sales/history',
  operationId: 'getSalesHistory',
  summary: 'How the sale of an event went',
  description:
    `How it stood at \`from\` and after each \`step\` until \`to\`: at most ${POINTS_MAX} steps. Left out, they are the time ` +
    'since the event was made (or its sale opened), until now.',
  query: z.object({
    from: moment.optional(),
    to: moment.optional(),
    step: z.coerce.number().int().min(1).max(STEP_SECONDS_MAX).optional().describe('Seconds'),
  }),
  compress: true,
  answers: { 200: { description: 'The points', schema: SalesHistorySchema } },
  handle: async (resources: Resources, { identity, params, query }) => {
    const event = requireOwn(await findEvent(resources.db, params.eventId), identity);
    const begins = event.saleOpensAt ?? event.createdAt;
    const range = rangeOf(query, begins.getTime(), resources.clock.nowMs());
    const points = await getHistory(resources, event, range);
    return {
      status: 200,
      body: {
        from: new Date(range.fromMs).toISOString(),
        to: new Date(range.toMs).toISOString(),
        stepSeconds: range.stepMs / 1000,
        points: points.map(({ atMs, ...point }) => ({ at: new Date(atMs).toISOString(), ...point })),
      },
    };
  },
});

const bookingsRoute = defineRoute({
  ...OF_OWN_EVENT,
  method: 'get',
  path: '/api/admin/events/:eventId/bookings',
  operationId: 'listEventBookings',
  summary: "An event's bookings, newest first",
  query: z.object({
    page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
    limit: z.coerce.number().int().min(1).max(BOOKINGS_PER_PAGE_MAX).default(BOOKINGS_PER_PAGE),
    status: z.enum(['confirmed', 'cancelled', 'transferred']).optional(),
  }),
  compress: true,
  answers: { 200: { description: 'A page of them', schema: SoldBookingPageSchema } },
  handle: async ({ db }: Resources, { identity, params, query }) => {
    const { eventId } = requireOwn(await findEvent(db, params.eventId), identity);
    const { page, limit, status = null } = query;
    const { items, total } = await listEventBookings(db, {
      eventId,
      status,
      limit,
      offset: (page - 1) * limit,
    });
    return { status: 200, body: { items: items.map(soldBookingView), page, limit, total } };
  },
});

const csvRoute = defineRoute({
  ...OF_OWN_EVENT,
  method: 'get',
  path: '/api/admin/events/:eventId/bookings.csv',
  operationId: 'exportEventBookings',
  summary: "An event's bookings as CSV",
  description:
    'RFC 4180, UTF-8, times in UTC; texts that a spreadsheet would take for formulas begin with an apostrophe.',
  query: z.object({
    bom: z
      .enum(['true', 'false'])
      .default('false')
      .describe('A byte order mark, which Excel wants for UTF-8'),
  }),
  answers: { 200: { description: 'One line for each booking', contentType: 'text/csv', schema: z.string() } },
  handle: async ({ db }: Resources, { identity, params, query }) => {
    const { eventId } = requireOwn(await findEvent(db, params.eventId), identity);
    const lines = bookingsCsv(db, { eventId, withByteOrderMark: query.bom === 'true' });
    return {
      status: 200,
      body: Readable.from(lines),
      headers: {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="bookings-${eventId}.csv"`,
      },
    };
  },
});

export const salesRoutes: readonly AnyRoute<Resources>[] = [
  salesRoute,
  historyRoute,
  bookingsRoute,
  csvRoute,
  ...salesSeatRoutes,
];

/** @throws Problem `invalid_request` when the range is empty or has too many steps. */
function rangeOf(
  query: { from?: Date | undefined; to?: Date | undefined; step?: number | undefined },
  beginsMs: number,
  nowMs: number,
): HistoryRange {
  const toMs = Math.min(query.to?.getTime() ?? nowMs, nowMs);
  const fromMs = query.from?.getTime() ?? Math.min(beginsMs, toMs - 1);
  if (fromMs >= toMs)
    throw new Problem(PROBLEMS.invalid_request, '`from` must be before `to`, and in the past.');
  const stepSeconds = query.step ?? Math.max(1, Math.ceil((toMs - fromMs) / 1000 / POINTS_USUAL));
  const stepMs = stepSeconds * 1000;
  if ((toMs - fromMs) / stepMs > POINTS_MAX) {
    throw new Problem(
      PROBLEMS.invalid_request,
      `At most ${POINTS_MAX} steps: make \`step\` longer, or the range shorter.`,
    );
  }
  return { fromMs, toMs, stepMs };
}
