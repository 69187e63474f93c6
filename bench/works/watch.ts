import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { LoadReport, ParkReport } from '../load/tasks.ts';
import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvent } from '../system/events.ts';
import { residentBytesOf } from '../system/process-stat.ts';
import { type Context, type Work, detailOf, measure, measureLoad, warmUpMs } from './work.ts';

const VIEWERS = 10_000;
const VIEWERS_SMALL = 1_000;
const CHANGES_PER_SECOND = 500;
const SEATS = 20_000;
const LAG_MS_MAX = 1_000;
const KB_PER_VIEWER_MAX = 25;
const SAMPLE_EVERY_MS = 200;

const WatchReport = LoadReport.extend({ missed: z.number(), frames: z.number() });

/** 10,000 open seat maps of one event while 500 of its seats change hands a second. */
export const watch: Work = {
  name: 'watch',
  says: '10,000 viewers of one event, 500 seat changes a second: how late they hear, what they cost',
  stack: () => ({ env: { STREAMS_PER_ADDRESS_MAX: '1000000', STREAMS_PER_SERVER_MAX: '1000000' } }),
  async run(context) {
    const { stack, generator } = context;
    const server = stack.servers[0];
    if (server === undefined) throw new Error('There is no server.');
    const eventId = await makeEvent(stack.resources, SEATS);
    const buyers = makeBuyers(stack.resources, SEATS);
    const warmedUp = await warmUp(context, server.port, eventId, buyers);
    const bytesBefore = residentBytesOf(server.pid);
    const viewers = context.small ? VIEWERS_SMALL : VIEWERS;
    await generator.run({ kind: 'view', port: server.port, eventId, viewers }, ParkReport);
    const idleBytes = residentBytesOf(server.pid) - bytesBefore;
    const memory = samplePeak(server.pid);
    const durationMs = context.seconds * 1000;
    const measured = await measure(
      context,
      'watch',
      () =>
        generator.run(
          {
            kind: 'watch',
            port: server.port,
            eventId,
            buyers,
            from: warmedUp,
            perSecond: CHANGES_PER_SECOND,
            durationMs,
          },
          WatchReport,
        ),
      { counted: '201' },
    );
    const peakBytes = await memory.stop();
    if (measured.missed > 0) context.fault(`watch: ${measured.missed} viewers did not hear of every seat`);
    const lag = measured.latency['lag'];
    return [
      makeRow({
        work: `watch, ${viewers} viewers, p99`,
        value: lag?.p99 ?? Number.NaN,
        unit: 'ms',
        target: { of: 'value', max: LAG_MS_MAX },
        detail: { ...detailOf(measured), framesPerSecond: Math.round(measured.frames / measured.seconds) },
      }),
      makeRow({
        work: `watch, ${viewers} viewers, memory each`,
        value: (peakBytes - bytesBefore) / viewers / 1000,
        unit: 'kB',
        target: { of: 'value', max: KB_PER_VIEWER_MAX },
        detail: { idleKb: Math.round(idleBytes / viewers / 10) / 100 },
      }),
    ];
  },
};

/** Without viewers, so that what holds alone take of memory is not charged to them. */
async function warmUp(context: Context, port: number, eventId: string, buyers: string[]): Promise<number> {
  const durationMs = warmUpMs(context);
  await measureLoad(context, 'warm-up', {
    ports: [port],
    connections: 200,
    durationMs,
    perSecond: CHANGES_PER_SECOND,
    script: { name: 'hold', events: [eventId], buyers, from: 0, respondAsync: false },
  });
  context.windows.length = 0;
  return Math.ceil((durationMs / 1000) * CHANGES_PER_SECOND) + 1;
}

/** The most memory that a process had, looked at five times a second. */
function samplePeak(pid: number) {
  let peak = 0;
  const stopped = new AbortController();
  const sampling = (async () => {
    while (!stopped.signal.aborted) {
      peak = Math.max(peak, residentBytesOf(pid));
      await wait(SAMPLE_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return {
    async stop(): Promise<number> {
      stopped.abort();
      await sampling;
      return peak;
    },
  };
}
