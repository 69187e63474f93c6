import { ChoiceField, LongField, NumberField, TextField } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';
import type { EventForm, Faults } from './event-form.ts';

type Props = {
  form: EventForm;
  faults: Faults;
  change: (changes: Partial<EventForm>) => void;
};

/** What the event is, where and when. */
export function DetailsFields({
  form,
  faults,
  change,
  isCurrencyFixed = false,
}: Props & { isCurrencyFixed?: boolean }) {
  const { details } = texts;
  return (
    <>
      <TextField
        label={details.name}
        value={form.name}
        fault={faults['name']}
        change={(name) => change({ name })}
      />
      <TextField
        label={details.venue}
        value={form.venueName}
        fault={faults['venueName']}
        change={(venueName) => change({ venueName })}
      />
      <LongField
        label={details.description}
        value={form.description}
        fault={faults['description']}
        change={(description) => change({ description })}
      />
      <div className="organiser-pair">
        <TextField
          label={details.zone}
          hint={details.zoneHint}
          value={form.timeZone}
          fault={faults['timeZone']}
          list="time-zones"
          change={(timeZone) => change({ timeZone })}
        />
        <ZoneNames />
        <TextField
          label={details.date}
          type="datetime-local"
          value={form.date}
          fault={faults['date']}
          change={(date) => change({ date })}
        />
      </div>
      <ChoiceField
        label={details.currency}
        hint={isCurrencyFixed ? details.currencyFixed : undefined}
        fault={faults['currency']}
        value={form.currency}
        options={currencies(isCurrencyFixed ? form.currency : null)}
        change={(currency) => change({ currency })}
      />
    </>
  );
}

function ZoneNames() {
  return (
    <datalist id="time-zones">
      {Intl.supportedValuesOf('timeZone').map((zone) => (
        <option key={zone} value={zone}>
          {zone}
        </option>
      ))}
    </datalist>
  );
}

/** When it is sold, to whom how much, and for how long a seat is held. */
export function SaleFields({ form, faults, change }: Props) {
  const { sale } = texts;
  return (
    <>
      <div className="organiser-pair">
        <TextField
          label={sale.opens}
          hint={sale.opensHint}
          type="datetime-local"
          value={form.saleOpensAt}
          fault={faults['saleOpensAt']}
          change={(saleOpensAt) => change({ saleOpensAt })}
        />
        <TextField
          label={sale.closes}
          hint={sale.closesHint}
          type="datetime-local"
          value={form.saleClosesAt}
          fault={faults['saleClosesAt']}
          change={(saleClosesAt) => change({ saleClosesAt })}
        />
      </div>
      <Refunds form={form} faults={faults} change={change} />
      <div className="organiser-pair">
        <NumberField
          label={sale.perBuyer}
          value={form.seatsPerBuyerMax}
          fault={faults['seatsPerBuyerMax']}
          change={(seatsPerBuyerMax) => change({ seatsPerBuyerMax })}
        />
        <NumberField
          label={sale.holdSeconds}
          hint={sale.holdHint}
          value={form.holdTtlSeconds}
          fault={faults['holdTtlSeconds']}
          change={(holdTtlSeconds) => change({ holdTtlSeconds })}
        />
      </div>
    </>
  );
}

function Refunds({ form, faults, change }: Props) {
  const { sale } = texts;
  return (
    <div className="organiser-pair">
      <ChoiceField
        label={sale.refunds}
        value={form.refunds}
        options={[
          ['begin', sale.refundsBegin],
          ['until', sale.refundsUntil],
          ['never', sale.refundsNever],
        ]}
        change={(refunds) => change({ refunds })}
      />
      {form.refunds === 'until' && (
        <TextField
          label={sale.refundableUntil}
          type="datetime-local"
          value={form.refundableUntil}
          fault={faults['refundableUntil']}
          change={(refundableUntil) => change({ refundableUntil })}
        />
      )}
    </div>
  );
}

const FIRST_CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'JPY'];

/** The usual ones first; only the one that is fixed, where one is. */
function currencies(fixed: string | null): [string, string][] {
  const all = Intl.supportedValuesOf('currency').filter((code) => !FIRST_CURRENCIES.includes(code));
  const codes = fixed === null ? [...FIRST_CURRENCIES, ...all] : [fixed];
  return codes.map((code) => [code, code]);
}
