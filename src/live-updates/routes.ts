import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { EVENT_PROBLEMS } from '../events/problems.ts';
import { getSaleRules } from '../events/sale-rules.ts';
import { UUID_PATTERN } from '../platform/id.ts';
import type { RateLimit } from '../platform/http/rate-limit.ts';
import type { Operation } from '../platform/http/route.ts';
import { type MetricKind, defineMetric } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { LIVE_UPDATE_PROBLEMS } from './problems.ts';
import { type SeatStreams, openSeatStreams } from './seat-streams.ts';

export type LiveUpdates = {
  readonly router: Router;
  /** For the OpenAPI document, which otherwise is made of routes. */
  readonly operation: Operation;
  close(): void;
};

const VIEWERS: MetricKind = defineMetric({
  name: 'holdfast_stream_viewers',
  help: 'Open live streams of this server.',
  labels: [],
});

const OPERATION: Operation = {
  method: 'get',
  path: '/api/events/:eventId/stream',
  operationId: 'streamSeatChanges',
  summary: 'Seat changes as they happen',
  description: [
    'Server-sent events. `seats` carries `{"changes":[[seatId,"l"],...]}`: the new letter of each seat that changed (as in `/seats`), gathered over 100 ms.',
    '`reset` carries `{}`: fetch `/seats` again. A comment is sent every 15 s. Open the stream first, then fetch `/seats`, then apply what came: no change falls between.',
    'A browser resumes by itself; others send `Last-Event-ID`, or `lastEventId` in the query. What can not be resumed from is answered with `reset`.',
  ].join('\n\n'),
  tags: ['seats'],
  auth: 'none',
  params: z.object({ eventId: z.string().regex(UUID_PATTERN) }),
  query: z.object({ lastEventId: z.string().optional() }),
  answers: { 200: { description: 'The stream', contentType: 'text/event-stream', schema: z.string() } },
  problems: [
    EVENT_PROBLEMS.event_not_found,
    LIVE_UPDATE_PROBLEMS.too_many_streams,
    LIVE_UPDATE_PROBLEMS.streams_full,
  ],
};

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

/** The stream of an event's seat changes. No compression: it would keep buffers for each viewer. */
export function openLiveUpdates(resources: Resources, addressLimit: RateLimit): LiveUpdates {
  const { perServerMax, perAddressMax } = resources.config.streams;
  const streams = openSeatStreams(resources, {
    viewersPerServerMax: perServerMax,
    viewersPerAddressMax: perAddressMax,
  });
  const router = Router();
  router.get(OPERATION.path, async (req, res) => {
    const address = req.ip ?? 'unknown';
    res.set(addressLimit.consume(address));
    const eventId = await requireEvent(resources, String(req.params['eventId']));
    if (req.method === 'HEAD') return void res.set(STREAM_HEADERS).end();
    await stream(streams, address, eventId, req, res);
  });
  resources.metrics.onScrape(() => resources.metrics.set(VIEWERS, {}, streams.viewerCount()));
  return { router, operation: OPERATION, close: () => streams.close() };
}

/** @throws Problem `event_not_found`, also for an event that is not public yet. */
async function requireEvent(resources: Resources, eventId: string): Promise<string> {
  const rules = UUID_PATTERN.test(eventId) ? await getSaleRules(resources, eventId) : null;
  if (rules === null || rules.status === 'draft') {
    throw new Problem(EVENT_PROBLEMS.event_not_found, 'There is no such event on sale.');
  }
  return eventId;
}

async function stream(
  streams: SeatStreams,
  address: string,
  eventId: string,
  req: Request,
  res: Response,
): Promise<void> {
  if (res.destroyed) return;
  const place = streams.admit(address);
  res.once('close', () => place.leave(res));
  const hub = await place.hubOf(eventId);
  if (res.destroyed) return;
  res.status(200).set(STREAM_HEADERS);
  // Ended by the connection's end rather than in chunks: so each frame is one write of the bytes that all viewers share.
  res.removeHeader('transfer-encoding');
  await hub.join(res, lastSeenIdOf(req));
}

function lastSeenIdOf(req: Request): string | null {
  const inQuery = req.query['lastEventId'];
  const sent = req.get('last-event-id') ?? (typeof inQuery === 'string' ? inQuery : '');
  return sent === '' ? null : sent;
}
