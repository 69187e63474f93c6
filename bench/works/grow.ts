import { LoadReport } from '../load/tasks.ts';
import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvents } from '../system/events.ts';
import { type Stack, openStack } from '../system/stack.ts';
import {
  type Context,
  type Measured,
  type Work,
  detailOf,
  mean,
  measure,
  ownCpuMicros,
  round,
  warmUpMs,
} from './work.ts';

const BUYERS_AT_ONCE = 50;
const FEW = { events: 1, seats: 1_000 };
const MANY = { events: 200, seats: 20_000 };
const MANY_SMALL = { events: 20, seats: 2_000 };
const RATIO_MAX = 1.25;

type Side = {
  readonly stack: Stack;
  readonly events: string[];
  readonly seats: number;
};

/**
 * What a hold costs when there is little and when there is much. Buyers take a seat and give it back, so that even 1,000
 * seats last; the cost is the processor time of Holdfast's processes and stores for taking and giving back one seat. Two
 * systems run side by side, so that they can take turns.
 */
export const grow: Work = {
  name: 'grow',
  says: 'the cost of a hold with 1 event of 1,000 seats, and with 200 of 20,000',
  async run(context) {
    const few = await openSide(context.stack, FEW);
    const manyStack = await openStack();
    try {
      const size = context.small ? MANY_SMALL : MANY;
      context.say(`  making ${(size.events * size.seats).toLocaleString('en')} seats ...`);
      const many = await openSide(manyStack, size);
      const rushed = { ...many, events: many.events.slice(0, 1) };
      for (const side of [few, many]) await cycles(context, side, warmUpMs(context));
      const durationMs = context.seconds * 1000;
      const first = await cycles(context, few, durationMs);
      const one = await cycles(context, rushed, durationMs);
      const second = await cycles(context, few, durationMs);
      const spread = await cycles(context, many, durationMs);
      const third = await cycles(context, few, durationMs);
      const seats = size.events * size.seats;
      const rows = [
        rowFor(`grow, ${seats} seats, one event rushed`, one, [first, second]),
        rowFor(`grow, ${seats} seats, all events at once`, spread, [second, third]),
      ];
      const report = await manyStack.audit();
      if (!report.isClean) context.fault('grow: the audit of the large system found a breach');
      return rows;
    } finally {
      await manyStack.stop();
    }
  },
};

async function openSide(stack: Stack, { events, seats }: { events: number; seats: number }): Promise<Side> {
  const side = { stack, events: await makeEvents(stack.resources, events, seats), seats };
  for (const eventId of side.events) await openPage(stack, eventId);
  return side;
}

/** Buyers see the seats before they press one, which is when a server gets to know an event's layout. */
async function openPage({ servers }: Stack, eventId: string): Promise<void> {
  for (const { port } of servers) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/events/${eventId}/seats`);
    if (!answer.ok) throw new Error(`The seats of an event: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}

function cycles(context: Context, { stack, events, seats }: Side, durationMs: number): Promise<Measured> {
  // New ones each time: those of the load before may still have the seat that they took last.
  const buyers = makeBuyers(stack.resources, BUYERS_AT_ONCE);
  return measure(
    context,
    `grow, ${events.length} events`,
    () =>
      context.generator.run(
        {
          kind: 'load',
          ports: stack.servers.map(({ port }) => port),
          connections: BUYERS_AT_ONCE,
          durationMs,
          script: { name: 'cycle', events, seats, buyers },
        },
        LoadReport,
      ),
    { counted: 'hold', stack },
  );
}

function cost(measured: Measured): number {
  return ownCpuMicros(measured.cpuMicrosPerAnswer);
}

function rowFor(work: string, measured: Measured, baselines: readonly Measured[]) {
  return makeRow({
    work,
    value: cost(measured),
    unit: 'us of CPU',
    baseline: mean(baselines.map(cost)),
    target: { of: 'ratio', max: RATIO_MAX },
    detail: {
      ...detailOf(measured),
      perSecond: round(measured.perSecond),
      baselinePerSecond: round(mean(baselines.map(({ perSecond }) => perSecond))),
      baselineLatencyMs: baselines.map(({ latency }) => latency['hold']),
      baselineCpuMicrosPerAnswer: baselines[0]?.cpuMicrosPerAnswer,
    },
  });
}
