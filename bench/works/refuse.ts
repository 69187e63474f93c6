import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvent } from '../system/events.ts';
import { holdDirectly } from '../system/hold-directly.ts';
import { type Work, detailOf, measureLoad, sideBySide, warmUpMs, warmly } from './work.ts';

const BUYERS = 1_000;
const SEATS_WANTED = 10;

/** 1,000 buyers, each on a connection of its own, want the same ten seats, which are another's. */
export const refuse: Work = {
  name: 'refuse',
  says: '409 for seats that another has, against Express with one bare SET NX',
  async run(context) {
    const { stack } = context;
    const eventId = await makeEvent(stack.resources, 1_000);
    const seatIds = Array.from({ length: SEATS_WANTED }, (_, index) => index + 1);
    await holdDirectly(stack.resources, eventId, seatIds);
    const bare = await stack.baseline('bare');
    const run = (ofWork: boolean, durationMs: number) =>
      measureLoad(context, ofWork ? 'refuse' : 'baseline bare', {
        ports: ofWork ? stack.servers.map(({ port }) => port) : [bare.port],
        connections: BUYERS,
        durationMs,
        script: ofWork
          ? { name: 'refuse', eventId, seats: SEATS_WANTED, buyers: [...buyers] }
          : { name: 'lock', from: 0, seats: SEATS_WANTED, status: 409 },
      });
    const buyers = makeBuyers(stack.resources, BUYERS);
    await Promise.all(seatIds.map((seatId) => stack.resources.redis.set(`bare:${seatId - 1}`, 'another')));
    await run(false, warmUpMs(context));
    await run(true, warmUpMs(context));
    context.windows.length = 0;
    const { work, baseline, baselinePerSecond } = await sideBySide(
      warmly(context, (durationMs) => run(false, durationMs)),
      warmly(context, (durationMs) => run(true, durationMs)),
    );
    return [
      makeRow({
        work: 'refuse',
        value: work.perSecond,
        unit: '409/s',
        baseline: baselinePerSecond,
        target: { of: 'ratio', min: 0.6 },
        detail: { ...detailOf(work), bareCpuMicrosPerAnswer: baseline.cpuMicrosPerAnswer },
      }),
    ];
  },
};
