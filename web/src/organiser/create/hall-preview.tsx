import { useMemo } from 'react';
import { messages } from '../../messages/messages.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import { SeatStates } from '../../seats/seat-states.ts';
import { count } from '../../platform/format.ts';
import { Failure } from '../parts/failure.tsx';
import { OrganiserMap } from '../parts/organiser-map.tsx';
import { texts } from '../texts/texts.ts';
import type { Preview } from './use-preview.ts';

/** The hall as buyers would see it. While a newer one is drawn, or has faults, the last one stays. */
export function HallPreview({ preview }: { preview: Preview }) {
  const { seats } = texts;
  const { model, isDrawing, isCurrent, faults, error } = preview;
  return (
    <section className="hall-preview" aria-label={seats.preview}>
      <p className="hall-status small" role="status">
        {isDrawing && seats.drawing}
        {!isDrawing && isCurrent && model !== null && (
          <>
            <strong className="figures">{seats.count(count(model.seatCount))}</strong>
            {model.tiers.length > 0 && ` · ${model.tiers.map((tier) => tier.name).join(', ')}`}
          </>
        )}
        {!isDrawing && faults.length > 0 && seats.previewFailed}
      </p>
      {error !== null && faults.length === 0 && <Failure error={error} />}
      {model === null ? (
        <div className="organiser-map organiser-empty soft">{seats.previewNone}</div>
      ) : (
        <Drawn key={model.seatCount} model={model} />
      )}
    </section>
  );
}

function Drawn({ model }: { model: SeatModel }) {
  const states = useMemo(() => {
    const free = new SeatStates(model);
    free.applyList('a'.repeat(model.seatCount), 0);
    return free;
  }, [model]);
  return (
    <OrganiserMap
      model={model}
      states={states}
      colours="tiers"
      label={texts.seats.previewLabel}
      keys={messages.map.keys}
    />
  );
}
