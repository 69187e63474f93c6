import type { Hold } from '../../api/holds.ts';
import { CrossIcon } from '../../layout/icons.tsx';
import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import type { BoxOffice } from './box-office.ts';
import { seatPlace, seatShort } from './seat-words.ts';
import { TierShape } from './tier-shape.tsx';
import { useSeats } from './use-seats.ts';

type CartSeatsProps = { office: BoxOffice; hold: Hold; show: (seats: readonly number[]) => void };

export function CartSeats({ office, hold, show }: CartSeatsProps) {
  const { model, states, cart } = office;
  useSeats(states);
  return (
    <ul className="cart-seats">
      {hold.seats.map(({ id, price }) => {
        const seat = id - 1;
        const tier = model.tierOf[seat] ?? 0;
        const isChanging = states.lookOf(seat) === 'changing';
        return (
          <li key={id} className="cart-seat" aria-busy={isChanging}>
            <TierShape tier={tier} color={model.tiers[tier]?.color ?? ''} />
            <button type="button" className="cart-seat-where" onClick={() => show([seat])}>
              <span>{seatShort(model, seat)}</span>
              <span className="small soft">{model.sections[model.sectionOf[seat] ?? -1]?.name}</span>
            </button>
            <span className="figures">{money(price, hold.currency)}</span>
            {hold.status === 'held' && (
              <button
                type="button"
                className="icon-button"
                aria-label={messages.cart.remove(seatPlace(model, seat))}
                disabled={isChanging}
                onClick={() => cart.toggle(seat)}
              >
                <CrossIcon />
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
