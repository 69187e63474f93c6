import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvent } from '../system/events.ts';
import { holdDirectly } from '../system/hold-directly.ts';
import { type Measured, type Work, detailOf, measureLoad, ownCpuMicros, round, warmUpMs } from './work.ts';
import { makeTickets } from './holds.ts';

const CONNECTIONS = 1_000;
const HOLD_CONNECTIONS = 200;
const SEATS_WANTED = 10;

/** What a second server and a second seat worker change, on the cores that there are. */
export const processes: Work = {
  name: 'processes',
  says: 'refusals and holds with one server and one seat worker, and with two of each',
  async run(context) {
    const { stack, seconds } = context;
    const eventId = await makeEvent(stack.resources, 1_000);
    await holdDirectly(
      stack.resources,
      eventId,
      Array.from({ length: SEATS_WANTED }, (_, index) => index + 1),
    );
    const buyers = makeBuyers(stack.resources, CONNECTIONS);
    const tickets = await makeTickets(context, 2 * (seconds + 2));
    const refusals = (ports: readonly number[], durationMs: number) =>
      measureLoad(context, `refuse, ${ports.length} servers`, {
        ports: [...ports],
        connections: CONNECTIONS,
        durationMs,
        script: { name: 'refuse', eventId, seats: SEATS_WANTED, buyers },
      });
    const holds = async (ports: readonly number[], durationMs: number) => {
      const measured = await measureLoad(context, `hold-201, ${ports.length} servers`, {
        ports: [...ports],
        connections: HOLD_CONNECTIONS,
        durationMs,
        script: { name: 'hold', ...tickets, respondAsync: false },
      });
      tickets.from += measured.answers + measured.wrong + HOLD_CONNECTIONS;
      return measured;
    };
    const both = async (ports: readonly number[]) => {
      await refusals(ports, warmUpMs(context));
      await holds(ports, warmUpMs(context));
      return [await refusals(ports, seconds * 1000), await holds(ports, seconds * 1000)] as const;
    };
    const first = stack.servers.map(({ port }) => port);
    const alone = await both(first);
    const server = await stack.startServer();
    await stack.startSeatWorker();
    const pair = await both([...first, server.port]);
    return [
      rowFor('processes, refuse with two servers', '409/s', pair[0], alone[0]),
      rowFor('processes, hold-201 with two of each', 'holds/s', pair[1], alone[1]),
    ];
  },
};

function rowFor(work: string, unit: string, pair: Measured, alone: Measured) {
  return makeRow({
    work,
    value: pair.perSecond,
    unit,
    baseline: alone.perSecond,
    detail: {
      ...detailOf(pair),
      ownCpuMicros: round(ownCpuMicros(pair.cpuMicrosPerAnswer)),
      ownCpuMicrosAlone: round(ownCpuMicros(alone.cpuMicrosPerAnswer)),
    },
  });
}
