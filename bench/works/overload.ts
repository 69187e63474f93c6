import { setTimeout as wait } from 'node:timers/promises';
import { countClaimsWaiting } from '../../src/holds/claim-queue.ts';
import { LoadReport } from '../load/tasks.ts';
import { percentiles } from '../load/percentiles.ts';
import { makeRow } from '../report/row.ts';
import { openFilesMax, residentBytesOf } from '../system/process-stat.ts';
import { type HoldTicket, countHeld, makeTickets } from './holds.ts';
import type { Stack } from '../system/stack.ts';
import { type Context, type Work, round, warmUpMs } from './work.ts';

const PEAK_CONNECTIONS = 200;
const TIMES_ITS_PEAK = 5;
const BUYERS_AT_ONCE = 15_000;
const FILES_SPARE = 500;
const LONGEST_SECONDS = 10;
const WATCH_EVERY_MS = 250;
const TRY_EVERY_MS = 100;
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
    const recoveredMs = await untilWell(context, tickets, flood.endedAtMs);
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

/** Sends so long, and counts what comes into MySQL meanwhile; whoever is answered later is waited for. */
async function sendHolds(
  context: Context,
  tickets: HoldTicket,
  durationMs: number,
  load: { connections: number; perSecond?: number },
): Promise<{ report: LoadReport; endedAtMs: number; perSecond: number; memoryMb: number }> {
  const { stack, fault } = context;
  const script = { name: 'hold' as const, ...tickets, respondAsync: false, mayPutOff: true };
  const ports = stack.servers.map(({ port }) => port);
  const watching = watch(stack);
  const report = await context.generator.run(
    { kind: 'load', ports, durationMs, dropLate: true, ...load, script },
    LoadReport,
  );
  const { sights, memoryMb } = await watching.stop();
  if (report.wrong > 0) fault(`overload: ${report.wrong} wrong answers, the first: ${report.firstFault}`);
  const answers = Object.values(report.counts).reduce((sum, count) => sum + count, report.wrong);
  tickets.from += answers + load.connections;
  const begunAtMs = report.begunAtMs ?? Number.NaN;
  const endedAtMs = begunAtMs + durationMs;
  const meanwhile = sights.filter(({ atMs }) => atMs >= begunAtMs && atMs <= endedAtMs);
  const [first, last] = [meanwhile[0], meanwhile.at(-1)];
  if (first === undefined || last === undefined) throw new Error('The load was too short to be watched.');
  const perSecond = ((last.held - first.held) * 1000) / (last.atMs - first.atMs);
  return { report, endedAtMs, perSecond, memoryMb };
}

type Sight = { readonly atMs: number; readonly held: number };

/** What is held in MySQL, again and again, and the most memory that a server had. */
function watch(stack: Stack): { stop(): Promise<{ sights: readonly Sight[]; memoryMb: number }> } {
  const sights: Sight[] = [];
  let mostBytes = 0;
  const stopping = new AbortController();
  const look = async () => {
    while (!stopping.signal.aborted) {
      const held = await countHeld(stack);
      sights.push({ atMs: Date.now(), held });
      for (const { pid } of stack.servers) mostBytes = Math.max(mostBytes, residentBytesOf(pid));
      await wait(WATCH_EVERY_MS);
    }
  };
  const looking = look();
  return {
    async stop() {
      stopping.abort();
      await looking;
      return { sights, memoryMb: round(mostBytes / 1e6) };
    },
  };
}

/** From the end of the load: until no claim waits and a buyer who comes now is answered as on a quiet day. */
async function untilWell({ stack, fault }: Context, tickets: HoldTicket, endedAtMs: number): Promise<number> {
  const eventId = tickets.events.at(-1) ?? '';
  for (let tried = 0; ; tried += 1) {
    const askedMs = performance.now();
    const answer = await fetch(`http://127.0.0.1:${stack.servers[0]?.port}/api/events/${eventId}/holds`, {
      method: 'POST',
      headers: { authorization: tickets.buyers[tried] ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ seatIds: [tickets.buyers.length - tried] }),
    });
    await answer.body?.cancel();
    const isWell = answer.status === 201 && performance.now() - askedMs < WELL_WITHIN_MS;
    if (isWell && (await countClaimsWaiting(stack.resources)) === 0) return Date.now() - endedAtMs;
    if (Date.now() - endedAtMs > GIVE_UP_AFTER_MS) {
      fault('overload: it did not recover');
      return Date.now() - endedAtMs;
    }
    await wait(TRY_EVERY_MS);
  }
}
