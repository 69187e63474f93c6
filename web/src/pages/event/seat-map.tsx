import type { Ref } from 'react';
import { messages } from '../../messages/messages.ts';
import { MapCanvas } from '../../seat-map/map-canvas.tsx';
import type { MapView, TierFilter } from '../../seat-map/map-view.ts';
import type { BoxOffice } from './box-office.ts';
import { MapKey } from './map-key.tsx';
import { SeatBubble, SeatTooltip } from './seat-bubbles.tsx';
import { seatFull } from './seat-words.ts';

export type SeatMapProps = {
  office: BoxOffice;
  tiers: TierFilter;
  /** Seats that someone else was quicker with, told at the seat. */
  lost: readonly number[];
  pick: (seat: number) => void;
  pickPlaces: (section: number) => void;
  handle: Ref<MapView | null>;
};

export function SeatMap({ office, tiers, lost, pick, pickPlaces, handle }: SeatMapProps) {
  const { model, states } = office;
  return (
    <div className="map">
      <MapCanvas
        model={model}
        states={states}
        label={messages.map.label}
        keys={messages.map.keys}
        wordsOf={(seat) => seatFull(model, seat, states.lookOf(seat))}
        tiers={tiers}
        handle={handle}
        picked={(hit) => ('seat' in hit ? pick(hit.seat) : pickPlaces(hit.section))}
      >
        {(map, hovered) => (
          <>
            {lost.map((seat) => (
              <SeatBubble key={seat} map={map} seat={seat} words={messages.seat.lost} />
            ))}
            {hovered !== null && <SeatTooltip map={map} seat={hovered} office={office} />}
          </>
        )}
      </MapCanvas>
      <MapKey />
    </div>
  );
}
