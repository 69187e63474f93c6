import 'uplot/dist/uPlot.min.css';
import { type RefCallback, useCallback, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { clockOrDay, moment } from '../../platform/format.ts';
import { texts } from '../texts/texts.ts';

export type Series = {
  readonly label: string;
  /** The token of the style sheet that it is drawn with. */
  readonly token: string;
  readonly values: number[];
  readonly words: (value: number) => string;
};

const CHART_HEIGHT = 220;
const TABLE_ROWS_MAX = 24;
const FONT_PX = 12;

/** Lines over time, drawn by uPlot; the same in words for screen readers, and as a table. */
export function LineChart({
  title,
  spoken,
  times,
  series,
}: {
  title: string;
  spoken: string;
  /** Seconds since 1970. */
  times: number[];
  series: readonly Series[];
}) {
  const attach = useChart(times, series);
  return (
    <figure className="card chart">
      <figcaption>
        <strong>{title}</strong>
        <ul className="sale-legend small">
          {series.map(({ label, token }) => (
            <li key={label}>
              <svg viewBox="0 0 16 4" width="16" height="4" aria-hidden="true">
                <rect width="16" height="4" rx="2" fill={`var(${token})`} />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={attach} className="chart-lines" role="img" aria-label={`${title}. ${spoken}`} />
      <details>
        <summary className="small">{texts.now.chartTable}</summary>
        <Table title={title} times={times} series={series} />
      </details>
    </figure>
  );
}

function useChart(times: number[], series: readonly Series[]): RefCallback<HTMLDivElement> {
  const chart = useRef<UPlot | null>(null);
  const latest = useRef({ times, series });
  useEffect(() => {
    latest.current = { times, series };
    chart.current?.setData([times, ...series.map(({ values }) => values)]);
  }, [times, series]);
  return useCallback((element: HTMLDivElement) => {
    const stopping = new AbortController();
    const draw = () => {
      chart.current?.destroy();
      const now = latest.current;
      const data = [now.times, ...now.series.map(({ values }) => values)] satisfies number[][];
      chart.current = new UPlot(optionsOf(element, now.series), [data[0] ?? [], ...data.slice(1)], element);
    };
    draw();
    const resizing = new ResizeObserver(() => {
      const { clientWidth: width } = element;
      if (width > 0) chart.current?.setSize({ width, height: CHART_HEIGHT });
    });
    resizing.observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw, { signal: stopping.signal });
    return () => {
      stopping.abort();
      resizing.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);
}

function optionsOf(element: Element, series: readonly Series[]): UPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: token('--ink-soft'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { stroke: token('--line'), width: 1 },
    font: `${FONT_PX}px ${style.fontFamily}`,
  };
  const words = series[0]?.words ?? String;
  const roomPx = Math.max(
    ...series.flatMap(({ values }) => [textWidth(words(Math.max(0, ...values)), axis.font)]),
  );
  return {
    width: Math.max(120, element.clientWidth),
    height: CHART_HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.08)] } },
    series: [
      {},
      ...series.map(({ token: colour, label }, index) => ({
        label,
        stroke: token(colour),
        width: 2,
        ...(index === 0 ? { fill: `color-mix(in srgb, ${token(colour)} 14%, transparent)` } : {}),
        points: { show: false },
      })),
    ],
    axes: [
      { ...axis, values: (_chart, splits) => clockLabels(splits) },
      {
        ...axis,
        size: roomPx + 18,
        values: (_chart, splits) => splits.map((value) => wholeWords(value, words)),
      },
    ],
  };
}

function wholeWords(value: number, words: (value: number) => string): string {
  return Number.isInteger(value) ? words(value) : '';
}

function textWidth(text: string, font: string): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return text.length * FONT_PX * 0.6;
  context.font = font;
  return context.measureText(text).width;
}

function clockLabels(splits: number[]): string[] {
  const spanSeconds = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  return splits.map((seconds) => clockOrDay(seconds * 1000, spanSeconds));
}

function Table({ title, times, series }: { title: string; times: number[]; series: readonly Series[] }) {
  const every = Math.max(1, Math.ceil(times.length / TABLE_ROWS_MAX));
  const shown = times.map((_, index) => index).filter((index) => (times.length - 1 - index) % every === 0);
  return (
    <div className="organiser-table">
      <table>
        <caption className="hidden-visually">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.now.when}</th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.toReversed().map((index) => (
            <tr key={index}>
              <th scope="row" className="figures">
                {moment((times[index] ?? 0) * 1000, 'short', 'medium')}
              </th>
              {series.map(({ label, values, words }) => (
                <td key={label} className="number">
                  {words(values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
