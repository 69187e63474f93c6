import { MinusIcon, PlusIcon } from '../../layout/icons.tsx';
import { messages } from '../../messages/messages.ts';

type QuantityInputProps = { value: number; max: number; change: (value: number) => void; label: string };

export function QuantityInput({ value, max, change, label }: QuantityInputProps) {
  const step = (by: number) => change(Math.min(max, Math.max(1, value + by)));
  return (
    <div className="quantity" role="group" aria-label={label}>
      <button
        type="button"
        className="icon-button"
        aria-label={messages.best.fewer}
        disabled={value <= 1}
        onClick={() => step(-1)}
      >
        <MinusIcon />
      </button>
      <output className="figures" aria-label={label}>
        {messages.quantity(value)}
      </output>
      <button
        type="button"
        className="icon-button"
        aria-label={messages.best.more}
        disabled={value >= max}
        onClick={() => step(1)}
      >
        <PlusIcon />
      </button>
    </div>
  );
}
