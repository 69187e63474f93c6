import './organiser-map.css';
import { seatPlace } from '../../pages/event/seat-words.ts';
import { useAtSeat } from '../../seat-map/at-seat.ts';
import { MapCanvas } from '../../seat-map/map-canvas.tsx';
import type { MapView } from '../../seat-map/map-view.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import type { SeatStates } from '../../seats/seat-states.ts';
import { texts } from '../texts/texts.ts';

type Props = {
  model: SeatModel;
  states: SeatStates;
  label: string;
  keys: string;
  /** `states` colours by who has the seat, `tiers` by price. */
  colours: 'states' | 'tiers';
  pick?: (seat: number) => void;
  pickSection?: (section: number) => void;
};

/** The buyers' seat map with the organiser's colours and actions. */
export function OrganiserMap({ colours, pick, pickSection, ...map }: Props) {
  const { model, states } = map;
  return (
    <div className={`organiser-map organiser-map-${colours}`}>
      <div className="map">
        <MapCanvas
          {...map}
          wordsOf={(seat) => `${seatPlace(model, seat)}, ${lookWords(states, seat)}`}
          picked={(hit) => ('seat' in hit ? pick?.(hit.seat) : pickSection?.(hit.section))}
        >
          {(view, hovered) => hovered !== null && <Tip map={view} seat={hovered} />}
        </MapCanvas>
      </div>
    </div>
  );
}

function Tip({ map, seat }: { map: MapView; seat: number }) {
  const bubble = useAtSeat(map, seat);
  const tier = map.model.tiers[map.model.tierOf[seat] ?? 0];
  return (
    <div ref={bubble} className="bubble" aria-hidden="true">
      <strong>{seatPlace(map.model, seat)}</strong>
      <span className="soft">
        {tier?.name} · {lookWords(map.states, seat)}
      </span>
    </div>
  );
}

function lookWords(states: SeatStates, seat: number): string {
  const look = states.lookOf(seat);
  return look === 'mine' || look === 'changing' ? texts.looks.selected : texts.looks[look];
}
