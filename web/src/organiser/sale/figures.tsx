import { count, money, percent, rate } from '../../platform/format.ts';
import type { Sales } from '../api/sales.ts';
import { inWords } from '../parts/duration.ts';
import { texts } from '../texts/texts.ts';

type Figure = { readonly label: string; readonly value: string; readonly hint: string };

/** The figures of this moment; as large as they will be while they are being fetched. */
export function Figures({ sales }: { sales: Sales | null }) {
  return (
    <dl className="figures-list" aria-busy={sales === null}>
      {figuresOf(sales).map(({ label, value, hint }) => (
        <div key={label} className="card figure">
          <dt>{label}</dt>
          <dd>
            <span className="figure-value">{value}</span>
            <span className="small soft">{hint}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function figuresOf(sales: Sales | null): Figure[] {
  const words = texts.now;
  const figure = (label: string, value: (known: Sales) => string, hint: (known: Sales) => string): Figure =>
    sales === null
      ? { label, value: '–', hint: '\u00A0' }
      : { label, value: value(sales), hint: hint(sales) };
  return [
    figure(
      words.sold,
      ({ seats }) => count(seats.sold),
      ({ seats }) => percent(seats.sold, seats.total - seats.blocked),
    ),
    figure(
      words.held,
      ({ seats }) => count(seats.held + seats.checkout),
      ({ seats }) => words.heldHint(count(seats.checkout)),
    ),
    figure(
      words.free,
      ({ seats }) => count(seats.free),
      ({ seats }) => words.freeHint(count(seats.blocked)),
    ),
    figure(
      words.revenue,
      ({ revenue, currency }) => money(revenue.net, currency),
      ({ revenue, currency }) =>
        words.revenueHint(money(revenue.gross, currency), money(revenue.refunded, currency)),
    ),
    figure(
      words.holdsRate,
      (known) => rate(known.holdsPerSecond),
      () => words.rateHint,
    ),
    figure(
      words.refusalsRate,
      (known) => rate(known.refusalsPerSecond),
      () => words.rateHint,
    ),
    figure(
      words.queue,
      (known) => count(known.queueDepth),
      () => words.queueHint,
    ),
    figure(words.sellOut, sellOut, (known) => words.sellOutHint(rate(known.soldPerMinute))),
  ];
}

function sellOut({ seats, sellsOutInSeconds }: Sales): string {
  if (seats.sold > 0 && seats.sold === seats.total - seats.blocked) return texts.now.soldOut;
  return sellsOutInSeconds === null ? texts.now.never : inWords(sellsOutInSeconds);
}
