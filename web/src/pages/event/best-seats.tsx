import { type FormEvent, useId, useState } from 'react';
import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import { useStore } from '../../platform/store.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import type { BoxOffice } from './box-office.ts';
import { QuantityInput } from './quantity-input.tsx';
import { pricesOf } from './tier-legend.tsx';

export const SEATS_AT_ONCE_MAX = 10;

/** "Three together in the stalls": the server chooses. */
export function BestSeats({ office }: { office: BoxOffice }) {
  const { model, cart } = office;
  const { best } = messages;
  const { isSearching } = useStore(cart.state);
  const choices = choicesOf(model);
  const [chosen, setChosen] = useState(0);
  const [quantity, setQuantity] = useState(2);
  const tierId = useId();
  const find = (event: FormEvent) => {
    event.preventDefault();
    const choice = choices[chosen];
    if (!isSearching && choice !== undefined) cart.takeBest(choice.tierIds, quantity);
  };
  return (
    <form className="best" onSubmit={find}>
      <h2>{best.title}</h2>
      <div className="best-fields">
        <div className="field">
          <label htmlFor={tierId} className="small">
            {best.tier}
          </label>
          <select
            id={tierId}
            className="input"
            value={chosen}
            onChange={(event) => setChosen(Number(event.target.value))}
          >
            {choices.map(({ words }, index) => (
              <option key={words} value={index}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <span className="small field-label" aria-hidden="true">
            {best.quantity}
          </span>
          <QuantityInput
            value={quantity}
            max={SEATS_AT_ONCE_MAX}
            change={setQuantity}
            label={best.quantity}
          />
        </div>
      </div>
      <button type="submit" className="button" aria-disabled={isSearching}>
        {isSearching ? best.finding : best.find}
      </button>
    </form>
  );
}

type Choice = { readonly words: string; readonly tierIds: readonly number[] };

/** Each tier; and all up to a price, where that is more than one: the dearest is tried first, being the best. */
function choicesOf({ tiers, currency }: SeatModel): Choice[] {
  const single = tiers.map(({ id, name, price }) => ({
    words: messages.best.any(name, money(price, currency)),
    tierIds: [id],
  }));
  const limits = pricesOf(tiers).flatMap((limit) => {
    const within = tiers.filter(({ price }) => price <= limit).toSorted((a, b) => b.price - a.price);
    const words = messages.best.upTo(money(limit, currency));
    return within.length > 1 ? [{ words, tierIds: within.map(({ id }) => id) }] : [];
  });
  return [...single, ...limits];
}
