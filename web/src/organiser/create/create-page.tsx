import './create-page.css';
import { type FormEvent, useRef, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { PageTitle } from '../../layout/plain-page.tsx';
import { navigate } from '../../platform/router.tsx';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import { createEvent } from '../api/events.ts';
import { Failure } from '../parts/failure.tsx';
import { faultWords } from '../parts/fault-words.ts';
import { texts } from '../texts/texts.ts';
import { DetailsFields, SaleFields } from './event-fields.tsx';
import { DETAIL_FIELDS, type EventForm, type Faults, emptyForm, readForm } from './event-form.ts';
import { type PricedTier, PricesFields, readPrices } from './prices-fields.tsx';
import { type SeatsForm, emptySeats, layoutOf } from './seats-form.ts';
import { SeatsStep } from './seats-step.tsx';
import { usePreview } from './use-preview.ts';

const STEPS = ['details', 'sale', 'seats', 'prices'] as const;
type Step = (typeof STEPS)[number];

/** From nothing to a draft, in four steps. What was typed stays when one goes back. */
export function CreatePage() {
  const creation = useCreation();
  const { step, form, faults, seats, preview, tiers, prices, isAsked, sending } = creation;
  const shown = isAsked ? faults : {};
  return (
    <div className="page create-page">
      <PageTitle>{texts.create.title}</PageTitle>
      <Steps step={step} go={creation.go} />
      <form className="card create-form" noValidate onSubmit={creation.submit}>
        <StepHeading step={step} />
        {step === 'details' && <DetailsFields form={form} faults={shown} change={creation.changeForm} />}
        {step === 'sale' && <SaleFields form={form} faults={shown} change={creation.changeForm} />}
        {step === 'seats' && <SeatsStep form={seats} preview={preview} change={creation.changeSeats} />}
        {step === 'prices' && (
          <PricesFields
            tiers={tiers}
            currency={form.currency}
            prices={prices}
            showFaults={isAsked}
            change={creation.changePrice}
          />
        )}
        {sending.error !== null && <Failure error={sending.error} />}
        <Buttons
          step={step}
          isWorking={sending.isWorking}
          back={() => creation.go(STEPS[STEPS.indexOf(step) - 1])}
        />
      </form>
    </div>
  );
}

const AT_REST: { readonly isWorking: boolean; readonly error: unknown } = { isWorking: false, error: null };

function useCreation() {
  const [step, setStep] = useState<Step>('details');
  const [form, setForm] = useState<EventForm>(emptyForm);
  const [seats, setSeats] = useState<SeatsForm>(emptySeats);
  const [prices, setPrices] = useState<Readonly<Record<string, string>>>({});
  const [isAsked, setIsAsked] = useState(false);
  const [sending, setSending] = useState(AT_REST);
  const layout = layoutOf(seats);
  const preview = usePreview(step === 'seats' || step === 'prices' ? layoutKey(seats) : '', layout);
  const tiers = preview.model === null ? [] : tiersOf(preview.model);
  const faults = faultsOf(form, sending.error);

  const go = (to: Step | undefined) => {
    if (to === undefined) return;
    setIsAsked(false);
    setSending(AT_REST);
    setStep(to);
  };
  const make = async () => {
    const read = readForm(form);
    const amounts = readPrices(tiers, prices, form.currency);
    if (read.outcome === 'faults' || amounts === null || layout === null || sending.isWorking) return;
    setSending({ isWorking: true, error: null });
    try {
      // A new key for each try: one that was refused is not asked the same again.
      const key = crypto.randomUUID();
      const event = await createEvent({ ...read.details, ...layout, prices: amounts }, key);
      navigate(`/organiser/events/${event.id}`);
    } catch (error) {
      setSending({ isWorking: false, error });
    }
  };
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    setIsAsked(true);
    if (!isStepDone(step, faults, preview.isCurrent)) return;
    if (step === 'prices') void make();
    else go(STEPS[STEPS.indexOf(step) + 1]);
  };
  return {
    step,
    form,
    seats,
    prices,
    isAsked,
    sending,
    preview,
    tiers,
    faults,
    go,
    submit,
    changeForm: (some: Partial<EventForm>) => setForm({ ...form, ...some }),
    changeSeats: (some: Partial<SeatsForm>) => setSeats({ ...seats, ...some }),
    changePrice: (name: string, typed: string) => setPrices({ ...prices, [name]: typed }),
  };
}

/** The steps before the present one may be gone back to. */
function Steps({ step, go }: { step: Step; go: (to: Step) => void }) {
  const present = STEPS.indexOf(step);
  return (
    <ol className="steps">
      {STEPS.map((name, index) => (
        <li key={name}>
          <button
            type="button"
            className="step"
            aria-current={name === step ? 'step' : undefined}
            disabled={index > present}
            onClick={() => go(name)}
          >
            <span className="step-number">{index + 1}</span>
            {texts.create.steps[name]}
          </button>
        </li>
      ))}
    </ol>
  );
}

function StepHeading({ step }: { step: Step }) {
  const shown = useRef(step);
  const attach = (heading: HTMLHeadingElement | null) => {
    // Not at first: then the page's own heading has the focus.
    if (heading !== null && shown.current !== step) heading.focus();
    shown.current = step;
  };
  return (
    <div>
      <p className="small soft">{texts.create.stepOf(STEPS.indexOf(step) + 1, STEPS.length)}</p>
      <h2 key={step} ref={attach} tabIndex={-1}>
        {texts.create.steps[step]}
      </h2>
    </div>
  );
}

function Buttons({ step, isWorking, back }: { step: Step; isWorking: boolean; back: () => void }) {
  const { create } = texts;
  return (
    <div className="create-buttons">
      {step !== 'details' && (
        <button type="button" className="button" onClick={back}>
          {texts.back}
        </button>
      )}
      <button type="submit" className="button button-main" aria-disabled={isWorking}>
        {step === 'prices' ? (isWorking ? create.making : create.make) : texts.next}
      </button>
      {step === 'prices' && <p className="small soft">{create.draftNote}</p>}
    </div>
  );
}

function isStepDone(step: Step, faults: Faults, isDrawn: boolean): boolean {
  const details: readonly string[] = DETAIL_FIELDS;
  switch (step) {
    case 'details':
      return !details.some((field) => faults[field] !== undefined);
    case 'sale':
      return Object.keys(faults).length === 0;
    case 'seats':
      return isDrawn;
    case 'prices':
      return true;
  }
}

/** What this page finds wrong, and what the server found. */
function faultsOf(form: EventForm, error: unknown): Faults {
  const read = readForm(form);
  const own = read.outcome === 'faults' ? read.faults : {};
  const theirs = error instanceof ApiProblem ? error.faults : [];
  return { ...Object.fromEntries(theirs.map(({ path, message }) => [path, faultWords(message)])), ...own };
}

/** Names a layout; a file of megabytes by its name alone. */
function layoutKey(form: SeatsForm): string {
  return form.how === 'file' ? `file ${form.file?.name ?? ''}` : JSON.stringify(layoutOf(form));
}

function tiersOf(model: SeatModel): PricedTier[] {
  const counts = model.tiers.map(() => 0);
  for (const tier of model.tierOf) counts[tier] = (counts[tier] ?? 0) + 1;
  return model.tiers.map(({ name, color }, index) => ({ name, color, seatCount: counts[index] ?? 0 }));
}
