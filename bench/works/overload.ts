import { setTimeout as wait } from 'node:timers/promises';
import { countClaimsWaiting } from '../../src/holds/claim-queue.ts';
import { LoadReport } from '../load/tasks.ts';
import { percentiles } from '../load/percentiles.ts';
import { type Row, makeRow } from '../report/row.ts';
import { cpuSecondsOf, openFilesMax, residentBytesOf } from '../system/process-stat.ts';
import { type HoldTicket, countHeld, makeTickets } from './holds.ts';
import type { Stack } from '../system/stack.ts';
import { type Context, type Work, round, warmUpMs } from './work.ts';

const PEAK_CONNECTIONS = 200;
const TIMES_ITS_PEAK = 5;
const BUYERS_AT_ONCE = 15_000;
const FILES_SPARE = 500;
const LONGEST_SECONDS = 10;
/** Long enough for the refused to come again. */
const TIMES_LONGER = 2;
const WATCH_EVERY_MS = 250;
const TRY_EVERY_MS = 100;
const WELL_WITHIN_MS = 250;
const PUT_OFF_WITHIN_MS = 500;
const RECOVERED_WITHIN_S = 5;
const GIVE_UP_AFTER_MS = 60_000;

/**
 * What it can do, holds at the rate at which they come out best, is measured before and after each of two loads, by
 * crowds of 15,000 buyers who want more than five times as much, each with a connection. What counts as accepted work is
 * what is in MySQL when the load ends.
 *
 * One crowd heeds `Retry-After`. All come in the same moment, and each wants seat after seat until the load ends: without
 * a pause when it got one, and when it was refused, as soon as it may ask again. 15,000 who want one of the 2,000 places
 * of a server (`REQUESTS_AT_ONCE_MAX`), which it fills again as fast as it can, want 7.5 times what it can do. Their first
 * answers are told apart: so many in one moment take the processor time that so many answers take.
 *
 * The other crowd heeds nothing: five times the peak is due each second, and whoever has been refused asks at once for
 * what is due next.
 */
export const overload: Work = {
  name: 'overload',
  says: 'five times the holds that it can do: what still comes out, what the others are told, how soon it is over',
  async run(context) {
    const seconds = Math.min(context.seconds * 2, LONGEST_SECONDS);
    const tickets = await makeTickets(context, seconds * (TIMES_LONGER + 4));
    await sendHolds(context, tickets, warmUpMs(context), { connections: PEAK_CONNECTIONS });
    const reachPeak = () => sendHolds(context, tickets, seconds * 1000, { connections: PEAK_CONNECTIONS });
    const buyers = Math.min(BUYERS_AT_ONCE, openFilesMax() - FILES_SPARE);
    const before = await reachPeak();
    const heeding = await flood(context, tickets, seconds * TIMES_LONGER, {
      name: 'heeded',
      connections: buyers,
      heedsRetryAfter: true,
    });
    const between = await reachPeak();
    const unheeding = await flood(context, tickets, seconds, {
      name: 'unheeded',
      connections: buyers,
      perSecond: Math.round(between.perSecond * TIMES_ITS_PEAK),
    });
    const after = await reachPeak();
    return [...rowsFor(heeding, [before, between]), ...rowsFor(unheeding, [between, after])];
  },
};

type Crowd = Load & { readonly name: string };
type Flood = Sent & { readonly crowd: Crowd; readonly recoveredMs: number };

async function flood(
  context: Context,
  tickets: HoldTicket,
  seconds: number,
  { name, ...load }: Crowd,
): Promise<Flood> {
  const sent = await sendHolds(context, tickets, seconds * 1000, load);
  const recoveredMs = await untilWell(context, tickets, sent.endedAtMs);
  return { ...sent, crowd: { name, ...load }, recoveredMs };
}

function rowsFor(
  { crowd, report, perSecond, memoryMb, coresBusy, recoveredMs }: Flood,
  peaks: readonly Sent[],
): Row[] {
  const { name, connections, perSecond: offeredPerSecond } = crowd;
  const latencies = Object.entries(report.latenciesMs).map(([answer, ms]) => [answer, percentiles(ms)]);
  return [
    makeRow({
      work: `overload, ${name}: holds accepted`,
      value: perSecond,
      unit: 'holds/s',
      baseline: peaks.reduce((sum, peak) => sum + peak.perSecond, 0) / peaks.length,
      target: { of: 'ratio', min: 0.8 },
      detail: {
        connections,
        offeredPerSecond,
        counts: report.counts,
        latencyMs: Object.fromEntries(latencies),
        coresBusy,
        peaks: peaks.map((peak) => [round(peak.perSecond), peak.coresBusy]),
        generatorBusy: round(report.generatorSeconds / report.seconds),
      },
    }),
    ...rowsForRefusals(crowd, report),
    makeRow({
      work: `overload, ${name}: recovered after`,
      value: recoveredMs / 1000,
      unit: 's',
      target: { of: 'value', max: RECOVERED_WITHIN_S },
    }),
    makeRow({
      work: `overload, ${name}: most memory of a server`,
      value: memoryMb,
      unit: 'MB',
    }),
  ];
}

/** Of those who heed it, the refusals of the first moment apart from those of later. */
function rowsForRefusals({ name, heedsRetryAfter }: Crowd, { latenciesMs }: LoadReport): Row[] {
  const later = percentiles(latenciesMs['503'] ?? []);
  const target = { of: 'value' as const, max: PUT_OFF_WITHIN_MS };
  const row = { work: `overload, ${name}: a 503 after`, value: later.p50, unit: 'ms', detail: { ...later } };
  if (heedsRetryAfter !== true) return [makeRow(row)];
  const first = percentiles(latenciesMs['first 503'] ?? []);
  return [
    makeRow({ ...row, target }),
    makeRow({ ...row, work: `${row.work}, the first`, value: first.p50, detail: { ...first } }),
  ];
}

type Load = {
  readonly connections: number;
  readonly perSecond?: number;
  readonly heedsRetryAfter?: boolean;
};
type Sent = {
  readonly report: LoadReport;
  readonly endedAtMs: number;
  readonly perSecond: number;
  readonly memoryMb: number;
  /** By process: how many cores it used, on the mean. */
  readonly coresBusy: Readonly<Record<string, number>>;
};

/** Sends so long, and counts what comes into MySQL meanwhile; whoever is answered later is waited for. */
async function sendHolds(
  context: Context,
  tickets: HoldTicket,
  durationMs: number,
  load: Load,
): Promise<Sent> {
  const { stack, fault } = context;
  const firstApart = load.heedsRetryAfter === true;
  const script = { name: 'hold' as const, ...tickets, respondAsync: false, mayPutOff: true, firstApart };
  const ports = stack.servers.map(({ port }) => port);
  const watching = watch(stack);
  const cpuBefore = stack.processes.map(({ pid }) => cpuSecondsOf(pid));
  const report = await context.generator.run(
    { kind: 'load', ports, durationMs, dropLate: true, ...load, script },
    LoadReport,
  );
  const { sights, memoryMb } = await watching.stop();
  const coresBusy = Object.fromEntries(
    stack.processes.map(({ name, pid }, index) => [
      name,
      round((cpuSecondsOf(pid) - (cpuBefore[index] ?? 0)) / report.seconds),
    ]),
  );
  if (report.wrong > 0) fault(`overload: ${report.wrong} wrong answers, the first: ${report.firstFault}`);
  const answers = Object.values(report.counts).reduce((sum, count) => sum + count, report.wrong);
  tickets.from += answers + load.connections;
  const begunAtMs = report.begunAtMs ?? Number.NaN;
  const endedAtMs = begunAtMs + durationMs;
  const meanwhile = sights.filter(({ atMs }) => atMs >= begunAtMs && atMs <= endedAtMs);
  const [first, last] = [meanwhile[0], meanwhile.at(-1)];
  if (first === undefined || last === undefined) throw new Error('The load was too short to be watched.');
  const perSecond = ((last.held - first.held) * 1000) / (last.atMs - first.atMs);
  return { report, endedAtMs, perSecond, memoryMb, coresBusy };
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
