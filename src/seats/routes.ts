import { z } from 'zod';

import { getSaleRules } from '../events/sale-rules.ts';
import { idParams } from '../platform/http/params.ts';
import { defineRoute } from '../platform/http/route.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { getSeatStatuses } from './seat-status.ts';

export const SeatsSchema = z
  .object({
    eventId: z.uuid(),
    version: z.string().meta({ description: 'Changes whenever a seat does.' }),
    counts: z.object({ available: z.int(), locked: z.int(), booked: z.int(), blocked: z.int() }),
    seats: z.string().meta({
      description:
        'One letter per seat, in the order of the seat ids 1..N: `a` available, `l` locked, `b` booked, `x` kept off sale by the organiser.',
      examples: ['aaalbba'],
    }),
  })
  .meta({ id: 'SeatStatuses' });

export const seatRoutes = [
  defineRoute({
    method: 'get',
    path: '/api/events/:eventId/seats',
    operationId: 'listSeats',
    summary: 'The state of every seat',
    description:
      'At most 200 ms old. Fetch it once, then follow `/stream`; send `If-None-Match` to be told 304 when nothing changed.',
    tags: ['seats'],
    auth: 'none',
    params: idParams('eventId'),
    compress: true,
    answers: {
      200: { description: 'The seats', schema: SeatsSchema },
      304: { description: 'Nothing changed' },
    },
    handle: async (resources: Resources, { params, headers }) => {
      const rules = await getSaleRules(resources, params.eventId);
      if (rules === null || rules.status === 'draft') {
        throw new Problem(PROBLEMS.not_found, 'There is no such event on sale.');
      }
      const { letters, counts, version } = await getSeatStatuses(resources, params.eventId);
      const etag = `"${version}"`;
      const caching = { etag, 'cache-control': 'no-cache' };
      if (headers['if-none-match'] === etag) return { status: 304, headers: caching };
      return {
        status: 200,
        headers: caching,
        body: { eventId: params.eventId, version, counts, seats: letters },
      };
    },
  }),
];
