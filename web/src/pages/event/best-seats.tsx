import { type FormEvent, useId, useState } from 'react';
import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import { useStore } from '../../platform/store.ts';
import type { BoxOffice } from './box-office.ts';
import { QuantityInput } from './quantity-input.tsx';

export const SEATS_AT_ONCE_MAX = 10;

/** "Three together in the stalls": the server chooses. */
export function BestSeats({ office }: { office: BoxOffice }) {
  const { model, cart } = office;
  const { best } = messages;
  const { isSearching } = useStore(cart.state);
  const [tier, setTier] = useState(model.tiers[0]?.id ?? 1);
  const [quantity, setQuantity] = useState(2);
  const tierId = useId();
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (!isSearching) cart.takeBest(tier, quantity);
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
            value={tier}
            onChange={(event) => setTier(Number(event.target.value))}
          >
            {model.tiers.map(({ id, name, price }) => (
              <option key={id} value={id}>
                {best.any(name, money(price, model.currency))}
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
