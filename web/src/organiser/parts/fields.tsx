import { type ReactNode, useId } from 'react';

type FieldProps = { label: string; hint?: string | undefined; fault?: string | undefined };
type ControlProps = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean };

/** A label, its control, and below it what is wrong, else a hint. */
export function Labelled({
  label,
  hint,
  fault,
  children,
}: FieldProps & { children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const noteId = useId();
  const note = fault ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : noteId,
        'aria-invalid': fault !== undefined,
      })}
      {note !== undefined && (
        <p id={noteId} className={fault === undefined ? 'small soft' : 'small organiser-fault'}>
          {note}
        </p>
      )}
    </div>
  );
}

type InputProps = FieldProps & {
  value: string;
  change: (value: string) => void;
  type?: 'text' | 'datetime-local' | 'search';
  inputMode?: 'numeric' | 'decimal' | 'text';
  list?: string;
  placeholder?: string;
  readOnly?: boolean;
};

export function TextField({ label, hint, fault, change, type = 'text', ...input }: InputProps) {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(control) => (
        <input
          {...control}
          {...input}
          className="input"
          type={type}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Labelled>
  );
}

export function LongField({ label, hint, fault, value, change }: Omit<InputProps, 'type'>) {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(control) => (
        <textarea
          {...control}
          className="input organiser-long"
          rows={4}
          value={value}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Labelled>
  );
}

/** Whole numbers, kept as they are typed: an empty field is a state too. */
export function NumberField(props: Omit<InputProps, 'type' | 'inputMode'>) {
  return <TextField {...props} inputMode="numeric" />;
}

export function ChoiceField<Value extends string>({
  label,
  hint,
  fault,
  value,
  options,
  change,
}: FieldProps & {
  value: Value;
  options: readonly (readonly [value: Value, label: string])[];
  change: (value: Value) => void;
}) {
  return (
    <Labelled label={label} hint={hint} fault={fault}>
      {(control) => (
        <select
          {...control}
          className="input"
          value={value}
          onChange={(event) => {
            const chosen = options.find(([known]) => known === event.target.value);
            if (chosen !== undefined) change(chosen[0]);
          }}
        >
          {options.map(([known, words]) => (
            <option key={known} value={known}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** A whole number as it was typed; null when it is none. */
export function wholeNumber(typed: string): number | null {
  const trimmed = typed.trim();
  return /^-?\d{1,9}$/.test(trimmed) ? Number(trimmed) : null;
}
