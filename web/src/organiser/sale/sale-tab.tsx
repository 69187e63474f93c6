import './sale.css';
import { useState } from 'react';
import type { OwnEvent } from '../api/events.ts';
import { getSales } from '../api/sales.ts';
import { Failure } from '../parts/failure.tsx';
import { OrganiserMap } from '../parts/organiser-map.tsx';
import { useOwnSeats } from '../parts/use-own-seats.ts';
import { usePolled } from '../parts/use-polled.ts';
import { texts } from '../texts/texts.ts';
import { CsvButton } from './csv-button.tsx';
import { Figures } from './figures.tsx';
import { SalesCharts } from './sales-charts.tsx';
import { StoryDialog } from './story-dialog.tsx';
import { TierTable } from './tier-table.tsx';

const FIGURES_EVERY_MS = 2_000;

/** How the sale goes, live. */
export function SaleTab({ event }: { event: OwnEvent }) {
  const sales = usePolled(event.id, FIGURES_EVERY_MS, (signal) => getSales(event.id, signal));
  const words = texts.now;
  return (
    <div className="organiser-page">
      {event.status === 'draft' && <p className="soft">{words.notYet}</p>}
      {sales.error !== null && sales.value === null && <Failure error={sales.error} retry={sales.again} />}
      {sales.error !== null && sales.value !== null && <p className="notice notice-warn">{words.late}</p>}
      <Figures sales={sales.value} />
      <SalesCharts event={event} />
      <SeatsNow event={event} />
      {sales.value !== null && <TierTable sales={sales.value} />}
      <div>
        <CsvButton eventId={event.id} />
      </div>
    </div>
  );
}

function SeatsNow({ event }: { event: OwnEvent }) {
  const words = texts.now;
  const [seat, setSeat] = useState<number | null>(null);
  const seats = useOwnSeats(event, true);
  return (
    <section className="organiser-page" aria-label={words.map}>
      <div className="sale-head">
        <h2>{words.map}</h2>
        <p className="soft small">{words.mapHint}</p>
        <Legend />
      </div>
      {seats.state === 'failed' && <Failure error={seats.error} retry={seats.reload} />}
      {seats.state === 'loading' && <div className="organiser-map skeleton" aria-busy="true" />}
      {seats.state === 'loaded' && (
        <OrganiserMap
          model={seats.value.model}
          states={seats.value.states}
          colours="states"
          label={words.map}
          keys={texts.block.keys}
          pick={setSeat}
        />
      )}
      {seat !== null && <StoryDialog eventId={event.id} seatId={seat + 1} close={() => setSeat(null)} />}
    </section>
  );
}

function Legend() {
  const looks = ['free', 'taken', 'sold', 'blocked'] as const;
  return (
    <ul className="sale-legend small">
      {looks.map((look) => (
        <li key={look}>
          <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true">
            <circle r="7" className={`legend-${look}`} />
          </svg>
          {texts.looks[look]}
        </li>
      ))}
    </ul>
  );
}
