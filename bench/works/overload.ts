import { setTimeout as wait } from 'node:timers/promises';
import { countClaimsWaiting } from '../../src/holds/claim-queue.ts';
import { LoadReport } from '../load/tasks.ts';
import { percentiles } from '../load/percentiles.ts';
import { makeRow } from '../report/row.ts';
import { openFilesMax, residentBytesOf } from '../system/process-stat.ts';
import { type HoldTicket, countHeld, makeTickets } from './holds.ts';
import { type Context, type Work, round, warmUpMs } from './work.ts';

const PEAK_CONNECTIONS = 200;
const TIMES_ITS_PEAK = 5;
const BUYERS_AT_ONCE = 15_000;
const FILES_SPARE = 500;
const LONGEST_SECONDS = 10;
const WATCH_EVERY_MS = 100;
const WELL_WITHIN_MS = 250;
const RECOVERED_WITHIN_S = 5;
const GIVE_UP_AFTER_MS = 60_000;

/**
 * First what it can do: holds at the rate at which they come out best. Then five times as many a second, from buyers of
 * whom none waits for another's answer. What counts as accepted work is what is in MySQL when the load ends.
 */
export const overload: Work = {
  name: 'overload',
  says: 'five times the holds that it can do: what still comes out, what the others are told, how soon it is over',
  async run(context) {
    const { stack } = context;
    const seconds = Math.min(context.seconds * 2, LONGEST_SECONDS);
    const tickets = await makeTickets(context, seconds * 3);
    await sendHolds(context, tickets, warmUpMs(context), { connections: PEAK_CONNECTIONS });
    const peak = await sendHolds(context, tickets, seconds * 1000, { connections: PEAK_CONNECTIONS });
    const offeredPerSecond = Math.round(peak.perSecond * TIMES_ITS_PEAK);
    context.say(`  peak: ${Math.round(peak.perSecond)}/s, so ${offeredPerSecond}/s are offered`);
    const flood = await sendHolds(context, tickets, seconds * 1000, {
      connections: Math.min(BUYERS_AT_ONCE, openFilesMax() - FILES_SPARE),
      perSecond: offeredPerSecond,
    });
    const recoveredMs = await untilWell(context, tickets, flood.endedMs);
    const { counts, latenciesMs } = flood.report;
    const latency = (status: string) => percentiles(latenciesMs[status] ?? new Float64Array());
    return [
      makeRow({
        work: 'overload, holds accepted',
        value: flood.perSecond,
        unit: 'holds/s',
        baseline: peak.perSecond,
        target: { of: 'ratio', min: 0.8 },
        detail: { offeredPerSecond, counts, heldMs: latency('201'), putOffMs: latency('503') },
      }),
      makeRow({
        work: 'overload, recovered after',
        value: recoveredMs / 1000,
        unit: 's',
        target: { of: 'value', max: RECOVERED_WITHIN_S },
        detail: { servers: stack.servers.length },
      }),
      makeRow({
        work: 'overload, most memory of a server',
        value: flood.memoryMb,
        unit: 'MB',
        baseline: peak.memoryMb,
        detail: {},
      }),
    ];
  },
};

/** Sends so long, and counts what is in MySQL at the end; whoever is answered after it is waited for. */
async function sendHolds(
  context: Context,
  tickets: HoldTicket,
  durationMs: number,
  load: { connections: number; perSecond?: number },
): Promise<{ report: LoadReport; endedMs: number; perSecond: number; memoryMb: number }> {
  const { stack, fault } = context;
  const storedBefore = await countHeld(stack);
  const memory = watchMemory(context);
  const script = { name: 'hold' as const, ...tickets, respondAsync: false, mayPutOff: true };
  const ports = stack.servers.map(({ port }) => port);
  const sent = context.generator.run(
    { kind: 'load', ports, durationMs, dropLate: true, ...load, script },
    LoadReport,
  );
  await wait(durationMs);
  const stored = (await countHeld(stack)) - storedBefore;
  const endedMs = performance.now();
  const report = await sent;
  if (report.wrong > 0) fault(`overload: ${report.wrong} wrong answers, the first: ${report.firstFault}`);
  const answers = Object.values(report.counts).reduce((sum, count) => sum + count, report.wrong);
  tickets.from += answers + load.connections;
  return { report, endedMs, perSecond: stored / (durationMs / 1000), memoryMb: memory.stop() };
}

function watchMemory({ stack }: Context): { stop: () => number } {
  let most = 0;
  const look = () => {
    for (const { pid } of stack.servers) most = Math.max(most, residentBytesOf(pid));
  };
  const timer = setInterval(look, WATCH_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return round(most / 1e6);
    },
  };
}

/** From the end of the load: until no claim waits and a buyer who comes now is answered as on a quiet day. */
async function untilWell({ stack, fault }: Context, tickets: HoldTicket, endedMs: number): Promise<number> {
  const eventId = tickets.events.at(-1) ?? '';
  for (let tried = 0; ; tried += 1) {
    const askedMs = performance.now();
    const answer = await fetch(`http://127.0.0.1:${stack.servers[0]?.port}/api/events/${eventId}/holds`, {
      method: 'POST',
      headers: { authorization: tickets.buyers[tried] ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ seatIds: [tickets.buyers.length - tried] }),
    });
    await answer.body?.cancel();
    const nowMs = performance.now();
    const isWell = answer.status === 201 && nowMs - askedMs < WELL_WITHIN_MS;
    if (isWell && (await countClaimsWaiting(stack.resources)) === 0) return nowMs - endedMs;
    if (nowMs - endedMs > GIVE_UP_AFTER_MS) {
      fault('overload: it did not recover');
      return nowMs - endedMs;
    }
    await wait(WATCH_EVERY_MS);
  }
}
