import { z } from 'zod';

import { acceptsGzip } from '../events/read-seat-map.ts';
import { getSaleRules } from '../events/sale-rules.ts';
import { idParams } from '../platform/http/params.ts';
import { defineRoute } from '../platform/http/route.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { packedSeats } from './packed-seats.ts';
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
    answers: {
      200: { description: 'The seats', schema: SeatsSchema },
      304: { description: 'Nothing changed' },
    },
    handle: async (resources: Resources, { params, headers }) => {
      const rules = await getSaleRules(resources, params.eventId);
      if (rules === null || rules.status === 'draft') {
        throw new Problem(PROBLEMS.not_found, 'There is no such event on sale.');
      }
      const statuses = await getSeatStatuses(resources, params.eventId);
      // Weak: packed or not, it is the same to a client.
      const caching = {
        etag: `W/"${statuses.version}"`,
        'cache-control': 'no-cache',
        vary: 'accept-encoding',
      };
      if (headers['if-none-match'] === caching.etag) return { status: 304, headers: caching };
      const { json, gzipped } = await packedSeats(params.eventId, statuses);
      const type = { 'content-type': 'application/json; charset=utf-8' };
      return acceptsGzip(headers['accept-encoding'])
        ? { status: 200, headers: { ...caching, ...type, 'content-encoding': 'gzip' }, body: gzipped }
        : { status: 200, headers: { ...caching, ...type }, body: json };
    },
  }),
];
