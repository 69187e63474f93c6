import { LoadReport } from '../load/tasks.ts';
import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvent } from '../system/events.ts';
import { holdDirectly } from '../system/hold-directly.ts';
import {
  type Context,
  type Measured,
  type Work,
  detailOf,
  measure,
  measureLoad,
  sideBySide,
  warmUpMs,
  warmly,
} from './work.ts';

const SEATS = 20_000;
const CHANGES_PER_SECOND = 200;
const READERS = 100;
const PACKED_BYTES_MAX = 60_000;

/** The state of a 20,000-seat event for readers, while buyers take 200 of its seats a second. */
export const read: Work = {
  name: 'read',
  says: 'GET /seats of 20,000 seats under 200 changes a second, fresh and 304, against a hello of Express',
  async run(context) {
    const { stack } = context;
    const eventId = await makeEvent(stack.resources, SEATS);
    const hello = await stack.baseline('bare');
    const buyers = makeBuyers(stack.resources, SEATS);
    const changer = stack.generator();
    const changes = { from: 0 };
    const runHello = (durationMs: number) =>
      measureLoad(context, 'baseline hello', {
        ports: [hello.port],
        connections: READERS,
        durationMs,
        script: { name: 'get', path: '/hello', holds: '"hello":"world"' },
      });
    const runSeats = async (conditional: boolean, durationMs: number) => {
      const changing = changer.run(
        {
          kind: 'load',
          ports: stack.servers.map(({ port }) => port),
          connections: 100,
          durationMs,
          perSecond: CHANGES_PER_SECOND,
          script: { name: 'hold', events: [eventId], buyers, from: changes.from, respondAsync: false },
        },
        LoadReport,
      );
      const measured = await measureSeats(context, eventId, conditional, durationMs);
      const changed = await changing;
      if (changed.wrong > 0) context.fault(`read: a change failed: ${changed.firstFault}`);
      changes.from += Math.ceil((durationMs / 1000) * CHANGES_PER_SECOND) + 1;
      return measured;
    };
    await runHello(warmUpMs(context));
    await runSeats(false, warmUpMs(context));
    await runSeats(true, warmUpMs(context));
    context.windows.length = 0;
    const hellos = warmly(context, runHello);
    const fresh = await sideBySide(
      hellos,
      warmly(context, (durationMs) => runSeats(false, durationMs)),
    );
    const known = await sideBySide(
      hellos,
      warmly(context, (durationMs) => runSeats(true, durationMs)),
    );
    return [
      row('read, fresh', 'copies/s', fresh, 0.3),
      row('read, 304', '304/s', known, 0.6),
      await packedSize(context),
    ];
  },
};

function measureSeats(
  context: Context,
  eventId: string,
  conditional: boolean,
  durationMs: number,
): Promise<Measured> {
  const { stack, generator } = context;
  const script = { name: 'seats' as const, eventId, seats: SEATS, conditional };
  const ports = stack.servers.map(({ port }) => port);
  return measure(
    context,
    conditional ? 'read, 304' : 'read, fresh',
    () => generator.run({ kind: 'load', ports, connections: READERS, durationMs, script }, LoadReport),
    { counted: conditional ? '304' : '200' },
  );
}

function row(
  work: string,
  unit: string,
  measured: { work: Measured; baseline: Measured; baselinePerSecond: number },
  ratioMin: number,
) {
  return makeRow({
    work,
    value: measured.work.perSecond,
    unit,
    baseline: measured.baselinePerSecond,
    target: { of: 'ratio', min: ratioMin },
    detail: {
      ...detailOf(measured.work),
      counts: measured.work.counts,
      helloCpuMicrosPerAnswer: measured.baseline.cpuMicrosPerAnswer,
    },
  });
}

/** At its largest: every other seat taken, at random, so that there is nothing to pack. */
async function packedSize(context: Context) {
  const eventId = await makeEvent(context.stack.resources, SEATS);
  const seatIds = Array.from({ length: SEATS }, (_, index) => index + 1).filter(() => Math.random() < 0.5);
  await holdDirectly(context.stack.resources, eventId, seatIds);
  const measured = await measureSeats(context, eventId, false, 500);
  return makeRow({
    work: 'read, size compressed',
    value: (measured.largestBody ?? Number.NaN) / 1000,
    unit: 'kB',
    target: { of: 'value', max: PACKED_BYTES_MAX / 1000 },
    detail: { seatsTaken: seatIds.length },
  });
}
