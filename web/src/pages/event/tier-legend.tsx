import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import type { BoxOffice } from './box-office.ts';
import { TierShape } from './tier-shape.tsx';
import { useSeats } from './use-seats.ts';

type TierLegendProps = { office: BoxOffice; wanted: number; choose: (tier: number) => void };

/** What each price looks like on the map; choosing one dims the others. */
export function TierLegend({ office, wanted, choose }: TierLegendProps) {
  const { model, states } = office;
  useSeats(states);
  return (
    <ul className="tiers" aria-label={messages.event.prices}>
      {model.tiers.map((tier, index) => (
        <li key={tier.id}>
          <button
            type="button"
            className="tier"
            aria-pressed={wanted === index}
            title={messages.event.tierShow(tier.name)}
            onClick={() => choose(wanted === index ? -1 : index)}
          >
            <TierShape tier={index} color={tier.color} />
            <span className="tier-name">{tier.name}</span>
            <span className="tier-price figures">{money(tier.price, model.currency)}</span>
            <span className="tier-free small soft figures">
              {states.isKnown ? messages.event.tierFree(states.freeInTier(index)) : '\u00A0'}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
