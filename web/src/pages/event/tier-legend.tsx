import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import type { TierFilter } from '../../seat-map/map-view.ts';
import type { Tier } from '../../seat-map/seat-model.ts';
import type { BoxOffice } from './box-office.ts';
import { TierShape } from './tier-shape.tsx';
import { useSeats } from './use-seats.ts';

/** With fewer prices, choosing tiers does the same. */
const PRICE_LIMIT_FROM_PRICES = 3;

type TierLegendProps = { office: BoxOffice; wanted: TierFilter; choose: (tiers: TierFilter) => void };

/** What each price looks like on the map; choosing some dims the others. */
export function TierLegend({ office, wanted, choose }: TierLegendProps) {
  const { model, states } = office;
  useSeats(states);
  const toggle = (tier: number) => {
    const next = new Set(wanted);
    if (!next.delete(tier)) next.add(tier);
    choose(next.size === 0 ? null : next);
  };
  return (
    <>
      <ul className="tiers" aria-label={messages.event.prices}>
        {model.tiers.map((tier, index) => (
          <li key={tier.id}>
            <button
              type="button"
              className="tier"
              aria-pressed={wanted?.has(index) === true}
              title={messages.event.tierShow(tier.name)}
              onClick={() => toggle(index)}
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
      <PriceLimit tiers={model.tiers} currency={model.currency} wanted={wanted} choose={choose} />
    </>
  );
}

type PriceLimitProps = Pick<TierLegendProps, 'wanted' | 'choose'> & {
  tiers: readonly Tier[];
  currency: string;
};

/** Chooses all tiers up to a price. */
function PriceLimit({ tiers, currency, wanted, choose }: PriceLimitProps) {
  const prices = pricesOf(tiers);
  if (prices.length < PRICE_LIMIT_FROM_PRICES) return null;
  const limit = prices.find((price) => isSame(wanted, tiersUpTo(tiers, price)));
  return (
    <select
      className="input price-limit"
      aria-label={messages.event.upTo}
      value={limit ?? ''}
      onChange={({ target }) => choose(target.value === '' ? null : tiersUpTo(tiers, Number(target.value)))}
    >
      <option value="">{messages.event.anyPrice}</option>
      {prices.slice(1).map((price) => (
        <option key={price} value={price}>
          {messages.event.priceUpTo(money(price, currency))}
        </option>
      ))}
    </select>
  );
}

/** The prices that there are, the highest first. */
export function pricesOf(tiers: readonly Tier[]): number[] {
  return [...new Set(tiers.map((tier) => tier.price))].toSorted((a, b) => b - a);
}

function tiersUpTo(tiers: readonly Tier[], price: number): ReadonlySet<number> {
  return new Set(tiers.flatMap((tier, index) => (tier.price <= price ? [index] : [])));
}

function isSame(wanted: TierFilter, tiers: ReadonlySet<number>): boolean {
  return wanted !== null && wanted.size === tiers.size && [...tiers].every((tier) => wanted.has(tier));
}
