import { ParkReport } from '../load/tasks.ts';
import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvent } from '../system/events.ts';
import { holdDirectly } from '../system/hold-directly.ts';
import { openFilesMax } from '../system/process-stat.ts';
import { type BenchOptions, type Context, type Work, detailOf, mean, measureLoad, warmUpMs } from './work.ts';

const OPEN = 20_000;
const ACTIVE = 2_000;
const OPEN_SMALL = 2_000;
const ACTIVE_SMALL = 200;
const BASELINE_OPEN = 100;
/** The same whatever the number of connections: an open loop, with room to spare. */
const REQUESTS_PER_SECOND = 1_000;
const SEATS = 1_000;
/** Files that a process opens besides the connections. */
const FILES_SPARE = 500;
const LINES_PER_GENERATOR = 10_000;

const sizes = ({ small }: BenchOptions) =>
  small ? { open: OPEN_SMALL, active: ACTIVE_SMALL } : { open: OPEN, active: ACTIVE };

/**
 * 20,000 buyers with the page open, of whom 2,000 look at the seats and try for one, 1,000 requests a second in all;
 * against the same requests from 100 buyers. Where a process may not have so many files open, several servers share them.
 */
export const connections: Work = {
  name: 'connections',
  says: '20,000 keep-alive connections, 2,000 of them active: p95 against the same load from 100',
  stack: (bench) => ({ servers: Math.ceil((sizes(bench).open + FILES_SPARE) / mayOpen()) }),
  async run(context) {
    const { stack } = context;
    const { open, active } = sizes(context);
    const eventId = await makeEvent(stack.resources, SEATS);
    const seatIds = Array.from({ length: 10 }, (_, index) => index + 1);
    await holdDirectly(stack.resources, eventId, seatIds);
    const buyers = makeBuyers(stack.resources, active);
    const run = (count: number, durationMs: number) => runVisits(context, eventId, buyers, count, durationMs);
    await run(BASELINE_OPEN, warmUpMs(context));
    const few = [await run(BASELINE_OPEN, context.seconds * 1000)];
    const unpark = await park(context, open - active);
    await run(active, warmUpMs(context));
    context.windows.length = 0;
    const many = await run(active, context.seconds * 1000);
    await unpark();
    few.push(await run(BASELINE_OPEN, context.seconds * 1000));
    const p95 = (measured: typeof many) =>
      mean([measured.latency['304']?.p95 ?? Number.NaN, measured.latency['409']?.p95 ?? Number.NaN]);
    return [
      makeRow({
        work: `connections, ${open} open, ${active} active, p95`,
        value: p95(many),
        unit: 'ms',
        baseline: mean(few.map(p95)),
        target: { of: 'ratio', max: 2 },
        detail: {
          ...detailOf(many),
          servers: stack.servers.length,
          requestsPerSecond: REQUESTS_PER_SECOND,
          baselineLatencyMs: few.map(({ latency }) => latency),
        },
      }),
    ];
  },
};

function runVisits(
  context: Context,
  eventId: string,
  buyers: readonly string[],
  count: number,
  durationMs: number,
) {
  return measureLoad(
    context,
    count === BASELINE_OPEN ? 'baseline, 100 open' : `connections, ${count} active`,
    {
      ports: context.stack.servers.map(({ port }) => port),
      connections: count,
      durationMs,
      perSecond: REQUESTS_PER_SECOND,
      script: { name: 'visit', eventId, seats: SEATS, buyers: [...buyers] },
    },
  );
}

/** Opens connections that do nothing further; the returned function closes them, and finds fault if any was lost. */
async function park({ stack, fault, say }: Context, count: number): Promise<() => Promise<void>> {
  const ports = stack.servers.map(({ port }) => port);
  const generators = Array.from({ length: Math.ceil(count / LINES_PER_GENERATOR) }, () => stack.generator());
  const each = Math.floor(count / generators.length);
  await Promise.all(
    generators.map((generator) =>
      generator.run({ kind: 'park', ports, connections: each, path: '/healthz' }, ParkReport),
    ),
  );
  say(`  ${each * generators.length} connections are open and idle`);
  return async () => {
    const reports = await Promise.all(
      generators.map((generator) => generator.run({ kind: 'unpark' }, ParkReport)),
    );
    const open = reports.reduce((sum, report) => sum + report.open, 0);
    if (open !== each * generators.length)
      fault(`connections: ${each * generators.length - open} idle connections were closed`);
  };
}

const FILES_WANTED = 65_536;

/** What a child of ours can raise its limit to is only known when it tries; so the present limit is taken. */
function mayOpen(): number {
  const limit = openFilesMax();
  return Math.min(FILES_WANTED, limit) - FILES_SPARE;
}
