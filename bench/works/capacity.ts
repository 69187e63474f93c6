import { makeRow } from '../report/row.ts';
import { type Work, detailOf, measureLoad, warmUpMs } from './work.ts';

const CONNECTIONS = 200;

/**
 * How much the load generator can send: to a server that does nothing, which is slower than the generator. What the
 * generator itself could do follows from its own processor time for an answer. A work whose `generatorBusy` is near 1
 * would be measuring the generator.
 */
export const capacity: Work = {
  name: 'generator',
  says: 'the load generator against a server that does nothing',
  async run(context) {
    const nothing = await context.stack.baseline('nothing');
    const send = (durationMs: number) =>
      measureLoad(context, 'baseline nothing', {
        ports: [nothing.port],
        connections: CONNECTIONS,
        durationMs,
        script: { name: 'get', path: '/', holds: '"ok":true' },
      });
    await send(warmUpMs(context));
    const measured = await send(context.seconds * 1000);
    const detail = detailOf(measured);
    return [
      makeRow({
        work: 'generator, server that does nothing',
        value: measured.perSecond,
        unit: 'answers/s',
        detail,
      }),
      makeRow({
        work: 'generator, by its own processor time',
        value: measured.answers / measured.generatorSeconds,
        unit: 'answers/s',
      }),
    ];
  },
};
