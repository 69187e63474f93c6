import { count, money } from '../../platform/format.ts';
import { TierShape } from '../../pages/event/tier-shape.tsx';
import { readAmount } from '../parts/amounts.ts';
import { TextField } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';

/** A price category with how many seats it has. */
export type PricedTier = { readonly name: string; readonly color: string; readonly seatCount: number };

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
  const read = readPrices(tiers, prices, currency);
  return (
    <>
      <ul className="price-list">
        {tiers.map((tier, index) => (
          <li key={tier.name}>
            <TierShape tier={index} color={tier.color} />
            <TextField
              label={words.price(tier.name, currency)}
              hint={words.seats(count(tier.seatCount))}
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
      {read !== null && (
        <p className="soft">
          {words.worth(
            money(
              tiers.reduce((sum, { name, seatCount }) => sum + (read[name] ?? 0) * seatCount, 0),
              currency,
            ),
          )}
        </p>
      )}
    </>
  );
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
