import './prices-fields.css';
import { count, money } from '../../platform/format.ts';
import { TierShape } from '../../pages/event/tier-shape.tsx';
import { readAmount } from '../parts/amounts.ts';
import { TextField } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';

/** A price category with how many seats it has, where that is known. */
export type PricedTier = { readonly name: string; readonly color: string; readonly seatCount?: number };

/** One price for each category, and what the house is worth. */
export function PricesFields({
  tiers,
  currency,
  prices,
  showFaults,
  change,
}: {
  tiers: readonly PricedTier[];
  currency: string;
  prices: Readonly<Record<string, string>>;
  showFaults: boolean;
  change: (name: string, typed: string) => void;
}) {
  const words = texts.prices;
  const worth = worthOf(tiers, readPrices(tiers, prices, currency));
  return (
    <>
      <ul className="price-list">
        {tiers.map((tier, index) => (
          <li key={tier.name}>
            <TierShape tier={index} color={tier.color} />
            <TextField
              label={words.price(tier.name, currency)}
              hint={tier.seatCount === undefined ? undefined : words.seats(count(tier.seatCount))}
              inputMode="decimal"
              value={prices[tier.name] ?? ''}
              fault={
                showFaults && readAmount(prices[tier.name] ?? '', currency) === null ? words.fault : undefined
              }
              change={(typed) => change(tier.name, typed)}
            />
          </li>
        ))}
      </ul>
      {worth !== null && <p className="soft">{words.worth(money(worth, currency))}</p>}
    </>
  );
}

/** What the house brings when it is sold out; null while a price or a number of seats is missing. */
function worthOf(
  tiers: readonly PricedTier[],
  prices: Readonly<Record<string, number>> | null,
): number | null {
  if (prices === null) return null;
  let worth = 0;
  for (const { name, seatCount } of tiers) {
    if (seatCount === undefined) return null;
    worth += (prices[name] ?? 0) * seatCount;
  }
  return worth;
}

/** Minor units by category; null while any of them is missing or no price. */
export function readPrices(
  tiers: readonly PricedTier[],
  typed: Readonly<Record<string, string>>,
  currency: string,
): Record<string, number> | null {
  const prices: Record<string, number> = {};
  for (const { name } of tiers) {
    const amount = readAmount(typed[name] ?? '', currency);
    if (amount === null) return null;
    prices[name] = amount;
  }
  return prices;
}
