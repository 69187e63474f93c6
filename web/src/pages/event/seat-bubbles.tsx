import { messages } from '../../messages/messages.ts';
import { useAtSeat } from '../../seat-map/at-seat.ts';
import type { MapView } from '../../seat-map/map-view.ts';
import type { BoxOffice } from './box-office.ts';
import { seatPlace, seatPrice } from './seat-words.ts';
import { TierShape } from './tier-shape.tsx';
import { useSeats } from './use-seats.ts';

/** What is said at a seat. */
export function SeatBubble({ map, seat, words }: { map: MapView; seat: number; words: string }) {
  const bubble = useAtSeat(map, seat);
  return (
    <div ref={bubble} className="bubble bubble-bad">
      {words}
    </div>
  );
}

/** The seat under the mouse. For a screen reader the list says the same. */
export function SeatTooltip({ map, seat, office }: { map: MapView; seat: number; office: BoxOffice }) {
  const bubble = useAtSeat(map, seat);
  const { model, states } = office;
  useSeats(states, model.sectionOf[seat]);
  const tier = model.tierOf[seat] ?? 0;
  const look = states.lookOf(seat);
  return (
    <div ref={bubble} className="bubble" aria-hidden="true">
      <strong>{seatPlace(model, seat)}</strong>
      <span className="bubble-line">
        <TierShape tier={tier} color={model.tiers[tier]?.color ?? ''} />
        {model.tiers[tier]?.name} · <span className="figures">{seatPrice(model, seat)}</span>
      </span>
      {model.accessible.has(seat) && <span>{messages.seat.accessible}</span>}
      {look !== 'free' && (
        <span className="soft">{look === 'changing' ? messages.seat.taking : messages.looks[look]}</span>
      )}
    </div>
  );
}
