import { Suspense, lazy, useState } from 'react';
import { count, moment, money } from '../../platform/format.ts';
import type { OwnEvent } from '../api/events.ts';
import { type SalesHistory, getSalesHistory } from '../api/sales.ts';
import { Failure } from '../parts/failure.tsx';
import { usePolled } from '../parts/use-polled.ts';
import { texts } from '../texts/texts.ts';
import type { Series } from './line-chart.tsx';

const LineChart = lazy(async () => ({ default: (await import('./line-chart.tsx')).LineChart }));

const EVERY_MS = 10_000;
const RANGES = ['quarter', 'hour', 'day', 'all'] as const;
type Range = (typeof RANGES)[number];
const MINUTE_MS = 60_000;
const RANGE_MS = { quarter: 15 * MINUTE_MS, hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS } as const;
const POINTS = 90;

/** Sold, held and revenue over time. */
export function SalesCharts({ event }: { event: OwnEvent }) {
  const [range, setRange] = useState<Range>('hour');
  const history = usePolled(`${event.id} ${range}`, EVERY_MS, (signal) =>
    getSalesHistory(event.id, rangeOf(range), signal),
  );
  const { now } = texts;
  return (
    <section className="organiser-page" aria-label={now.chartSeats}>
      <div className="range-switch" role="group" aria-label={now.range}>
        {RANGES.map((name) => (
          <button key={name} type="button" aria-pressed={name === range} onClick={() => setRange(name)}>
            {now.ranges[name]}
          </button>
        ))}
      </div>
      {history.error !== null && history.value === null && (
        <Failure error={history.error} retry={history.again} />
      )}
      <div className="charts">
        <Suspense fallback={<Waiting />}>
          {history.value === null ? (
            <Waiting />
          ) : (
            <Charts history={history.value} currency={event.currency} />
          )}
        </Suspense>
      </div>
    </section>
  );
}

function Waiting() {
  return (
    <>
      <div className="card chart skeleton" aria-busy="true" />
      <div className="card chart skeleton" aria-busy="true" />
    </>
  );
}

function Charts({ history, currency }: { history: SalesHistory; currency: string }) {
  const { now } = texts;
  const { points } = history;
  const last = points.at(-1);
  const times = points.map(({ at }) => Date.parse(at) / 1000);
  const [from, to] = [moment(history.from, 'short', 'short'), moment(history.to, 'short', 'short')];
  const sold = series(
    now.sold,
    '--chart-sold',
    points.map((point) => point.sold),
    count,
  );
  const held = series(
    now.held,
    '--chart-held',
    points.map((point) => point.held),
    count,
  );
  const revenue = series(
    now.worth,
    '--accent',
    points.map((point) => point.revenue),
    (value) => money(Math.round(value), currency),
  );
  return (
    <>
      <LineChart
        title={now.chartSeats}
        spoken={now.chartSpoken(count(last?.sold ?? 0), count(last?.held ?? 0), from, to)}
        times={times}
        series={[sold, held]}
      />
      <LineChart
        title={now.chartMoney}
        spoken={now.chartMoneySpoken(money(last?.revenue ?? 0, currency), from, to)}
        times={times}
        series={[revenue]}
      />
    </>
  );
}

function series(label: string, token: string, values: number[], words: (value: number) => string): Series {
  return { label, token, values, words };
}

/** Begins at a whole step, so that the same question is asked for a while, which the server answers from memory. */
function rangeOf(range: Range): { from: string | null; step: number | null } {
  if (range === 'all') return { from: null, step: null };
  const step = Math.round(RANGE_MS[range] / POINTS / 1000);
  const fromMs = Math.floor((Date.now() - RANGE_MS[range]) / 1000 / step) * step * 1000;
  return { from: new Date(fromMs).toISOString(), step };
}
