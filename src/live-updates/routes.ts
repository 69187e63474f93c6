import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { EVENT_PROBLEMS } from '../events/problems.ts';
import { getSaleRules } from '../events/sale-rules.ts';
import { UUID_PATTERN } from '../platform/id.ts';
import { type AnyRoute, type LiveBody, defineRoute } from '../platform/http/route.ts';
import { type MetricKind, defineMetric } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { LIVE_UPDATE_PROBLEMS } from './problems.ts';
import { type SeatStreams, openSeatStreams } from './seat-streams.ts';

export type LiveUpdates = {
  readonly route: AnyRoute<Resources>;
  close(): void;
};

const VIEWERS: MetricKind = defineMetric({
  name: 'holdfast_stream_viewers',
  help: 'Open live streams of this server.',
  labels: [],
});

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

/** The stream of an event's seat changes. No compression: it would keep buffers for each viewer. */
export function openLiveUpdates(resources: Resources): LiveUpdates {
  const { perServerMax, perAddressMax } = resources.config.streams;
  const streams = openSeatStreams(resources, {
    viewersPerServerMax: perServerMax,
    viewersPerAddressMax: perAddressMax,
  });
  resources.metrics.onScrape(() => resources.metrics.set(VIEWERS, {}, streams.viewerCount()));
  return { route: streamRoute(streams), close: () => streams.close() };
}

function streamRoute(streams: SeatStreams): AnyRoute<Resources> {
  return defineRoute({
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
    params: z.object({ eventId: z.string().meta({ format: 'uuid' }) }),
    query: z.object({ lastEventId: z.string().optional() }),
    isLive: true,
    answers: { 200: { description: 'The stream', contentType: 'text/event-stream', schema: z.string() } },
    problems: [
      EVENT_PROBLEMS.event_not_found,
      LIVE_UPDATE_PROBLEMS.too_many_streams,
      LIVE_UPDATE_PROBLEMS.streams_full,
    ],
    handle: async (resources: Resources, { params: { eventId }, query, headers, address }) => {
      await requireEvent(resources, eventId);
      const lastSeenId = headers['last-event-id']?.toString() ?? query.lastEventId ?? '';
      const live: LiveBody = (res, begin) => stream(streams, { address, eventId, lastSeenId }, res, begin);
      return { status: 200, headers: STREAM_HEADERS, live };
    },
  });
}

/** @throws Problem `event_not_found`, also for an event that is not public yet. */
async function requireEvent(resources: Resources, eventId: string): Promise<void> {
  const rules = UUID_PATTERN.test(eventId) ? await getSaleRules(resources, eventId) : null;
  if (rules === null || rules.status === 'draft') {
    throw new Problem(EVENT_PROBLEMS.event_not_found, 'There is no such event on sale.');
  }
}

async function stream(
  streams: SeatStreams,
  { address, eventId, lastSeenId }: { address: string; eventId: string; lastSeenId: string },
  res: ServerResponse,
  begin: () => void,
): Promise<void> {
  if (res.destroyed) return;
  const place = streams.admit(address);
  res.on('close', () => place.leave(res));
  const hub = await place.hubOf(eventId);
  if (res.destroyed) return;
  begin();
  await hub.join(res, lastSeenId === '' ? null : lastSeenId);
}
