import { useState } from 'react';
import { Dialog } from '../../layout/dialog.tsx';
import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import { SEATS_AT_ONCE_MAX } from './best-seats.tsx';
import type { BoxOffice } from './box-office.ts';
import { QuantityInput } from './quantity-input.tsx';
import { useSeats } from './use-seats.ts';

/** General admission: how many places, of a section without numbers. */
export function PlacesDialog({
  office,
  section,
  close,
}: {
  office: BoxOffice;
  section: number;
  close: () => void;
}) {
  const { model, states, cart } = office;
  const [quantity, setQuantity] = useState(1);
  useSeats(states, section);
  const shown = model.sections[section];
  const tier = model.tiers[shown?.generalAdmission?.tier ?? 0];
  const free = states.freeInSection(section);
  if (shown === undefined || tier === undefined) return null;
  const take = () => {
    cart.takeBest([tier.id], quantity);
    close();
  };
  return (
    <Dialog title={messages.places.title(shown.name)} close={close}>
      <p>
        {tier.name}, <span className="figures">{money(tier.price, model.currency)}</span> ·{' '}
        {messages.map.free(free)}
      </p>
      <p className="soft">{messages.places.lead}</p>
      <QuantityInput
        value={quantity}
        max={Math.max(1, Math.min(SEATS_AT_ONCE_MAX, free))}
        change={setQuantity}
        label={messages.best.quantity}
      />
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={close}>
          {messages.site.close}
        </button>
        <button type="button" className="button button-main" disabled={free === 0} onClick={take}>
          {messages.places.take(quantity)}
        </button>
      </div>
    </Dialog>
  );
}
