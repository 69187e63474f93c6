import { useId } from 'react';

type FieldProps = {
  name: string;
  label: string;
  type: 'text' | 'email' | 'password';
  autoComplete: string;
  hint?: string | undefined;
  /** What the server found wrong with it. */
  fault?: string | undefined;
  minLength?: number | undefined;
};

export function Field({ name, label, type, autoComplete, hint, fault, minLength }: FieldProps) {
  const id = useId();
  const noteId = useId();
  const note = fault ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        name={name}
        type={type}
        autoComplete={autoComplete}
        minLength={minLength}
        required
        aria-invalid={fault !== undefined}
        aria-describedby={note === undefined ? undefined : noteId}
      />
      {note !== undefined && (
        <p id={noteId} className={fault === undefined ? 'small soft' : 'small field-fault'}>
          {note}
        </p>
      )}
    </div>
  );
}
