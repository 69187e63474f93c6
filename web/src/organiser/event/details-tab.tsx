import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { showToast } from '../../layout/notices.ts';
import { type EventDetails, type OwnEvent, updateEvent } from '../api/events.ts';
import { DetailsFields, SaleFields } from '../create/event-fields.tsx';
import { type EventForm, type Faults, formOf, readForm } from '../create/event-form.ts';
import { PricesFields, type PricedTier, readPrices } from '../create/prices-fields.tsx';
import { typedAmount } from '../parts/amounts.ts';
import { Failure } from '../parts/failure.tsx';
import { faultWords } from '../parts/fault-words.ts';
import { texts } from '../texts/texts.ts';

/** What is said of the event, and its prices. Only what was changed is sent. */
export function DetailsTab({ event, changed }: { event: OwnEvent; changed: (event: OwnEvent) => void }) {
  const [form, setForm] = useState(() => formOf(event));
  const [prices, setPrices] = useState(() => typedPrices(event));
  const [isAsked, setIsAsked] = useState(false);
  const [sending, setSending] = useState<{ isWorking: boolean; error: unknown }>({
    isWorking: false,
    error: null,
  });
  const faults = isAsked ? faultsOf(form, sending.error) : {};
  const tiers: readonly PricedTier[] = event.tiers;
  const save = async () => {
    const read = readForm(form);
    const amounts = readPrices(tiers, prices, form.currency);
    if (read.outcome === 'faults' || amounts === null || sending.isWorking) return;
    setSending({ isWorking: true, error: null });
    try {
      changed(await updateEvent(event.id, { ...changesOf(event, read.details), prices: amounts }));
      showToast(texts.saved);
      setSending({ isWorking: false, error: null });
    } catch (error) {
      setSending({ isWorking: false, error });
    }
  };
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    setIsAsked(true);
    void save();
  };
  const change = (some: Partial<EventForm>) => setForm({ ...form, ...some });
  return (
    <form className="card own-form" noValidate onSubmit={submit}>
      <DetailsFields form={form} faults={faults} change={change} isCurrencyFixed={event.status !== 'draft'} />
      <SaleFields form={form} faults={faults} change={change} />
      <h2>{texts.prices.title}</h2>
      <PricesFields
        tiers={tiers}
        currency={form.currency}
        prices={prices}
        showFaults={isAsked}
        change={(name, typed) => setPrices({ ...prices, [name]: typed })}
      />
      {sending.error !== null && <Failure error={sending.error} />}
      <div>
        <button
          type="submit"
          className="button button-main"
          aria-disabled={sending.isWorking || event.status === 'cancelled'}
        >
          {sending.isWorking ? texts.saving : texts.save}
        </button>
      </div>
    </form>
  );
}

function typedPrices(event: OwnEvent): Readonly<Record<string, string>> {
  return Object.fromEntries(event.tiers.map(({ name, price }) => [name, typedAmount(price, event.currency)]));
}

/** The currency is fixed once published, and sending it again would be refused. */
function changesOf(event: OwnEvent, { currency, ...details }: EventDetails): Partial<EventDetails> {
  return currency === event.currency ? details : { ...details, currency };
}

function faultsOf(form: EventForm, error: unknown): Faults {
  const read = readForm(form);
  const theirs = error instanceof ApiProblem ? error.faults : [];
  return {
    ...Object.fromEntries(theirs.map(({ path, message }) => [path, faultWords(message)])),
    ...(read.outcome === 'faults' ? read.faults : {}),
  };
}
