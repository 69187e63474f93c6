import { type DragEvent, useId, useState } from 'react';
import { count } from '../../platform/format.ts';
import { type PlanCheck, checkPlan } from '../api/events.ts';
import { Failure } from '../parts/failure.tsx';
import { texts } from '../texts/texts.ts';
import { breakOf, placeOf } from './fault-place.ts';
import type { SeatsForm } from './seats-form.ts';

const FILE_BYTES_MAX = 20 * 1024 * 1024;

type Reading =
  | { readonly state: 'none' | 'checking' | 'too-large' }
  | { readonly state: 'not-json'; readonly text: string; readonly error: unknown }
  | { readonly state: 'checked'; readonly check: PlanCheck; readonly plan: unknown }
  | { readonly state: 'failed'; readonly error: unknown };

/** Takes a seating plan by drop or by choice, and tells what is in it, or each fault where it lies. */
export function PlanFile({
  chosen,
  choose,
}: {
  chosen: SeatsForm['file'];
  choose: (file: SeatsForm['file']) => void;
}) {
  const { seats } = texts;
  const [reading, setReading] = useState<Reading>({ state: 'none' });
  const [isOver, setIsOver] = useState(false);
  const inputId = useId();
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    choose(null);
    setReading({ state: 'checking' });
    const result = await readFile(file);
    setReading(result);
    if (result.state === 'checked' && result.check.valid)
      choose({ name: result.check.name ?? file.name, plan: result.plan });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <>
      <div
        className={isOver ? 'plan-drop plan-drop-over' : 'plan-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <label className="plan-drop-label" htmlFor={inputId}>
          <strong>{seats.drop}</strong>
          <span className="small soft">{chosen?.name ?? seats.dropHint}</span>
        </label>
        <input
          id={inputId}
          type="file"
          accept="application/json,.json"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </div>
      <div role="status">
        <Outcome reading={reading} />
      </div>
    </>
  );
}

function Outcome({ reading }: { reading: Reading }) {
  const { seats } = texts;
  switch (reading.state) {
    case 'none':
      return null;
    case 'checking':
      return <p className="soft">{seats.checking}</p>;
    case 'too-large':
      return <p className="notice notice-bad">{seats.tooLarge}</p>;
    case 'failed':
      return <Failure error={reading.error} />;
    case 'not-json':
      return <NotJson text={reading.text} error={reading.error} />;
    case 'checked':
      return <Checked check={reading.check} plan={reading.plan} />;
  }
}

function NotJson({ text, error }: { text: string; error: unknown }) {
  const { seats } = texts;
  const at = breakOf(text, error);
  return (
    <div className="notice notice-bad plan-faults">
      <p>{seats.notJson}</p>
      {at !== null && (
        <>
          <p>{seats.notJsonAt(at.line, at.column)}</p>
          <code>{at.around}</code>
        </>
      )}
    </div>
  );
}

function Checked({ check, plan }: { check: PlanCheck; plan: unknown }) {
  const { seats } = texts;
  if (check.valid) {
    const words = seats.good(check.name ?? '', count(check.seatCount ?? 0), check.sections?.length ?? 0);
    return <p className="notice notice-good">{words}</p>;
  }
  return (
    <div className="notice notice-bad plan-faults">
      <strong>{seats.faults(check.errorCount)}</strong>
      <ol>
        {check.errors.map(({ path, message }) => {
          const { words, found } = placeOf(plan, path);
          return (
            <li key={`${path} ${message}`}>
              <strong>{words}</strong>: <span lang="en">{message}</span>
              <span className="small">
                {seats.found}: <code>{found}</code>
              </span>
            </li>
          );
        })}
      </ol>
      {check.errors.length < check.errorCount && <p>{seats.faultsShown(check.errors.length)}</p>}
    </div>
  );
}

async function readFile(file: File): Promise<Reading> {
  if (file.size > FILE_BYTES_MAX) return { state: 'too-large' };
  const text = await file.text();
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    return { state: 'not-json', text, error };
  }
  try {
    return { state: 'checked', check: await checkPlan(plan), plan };
  } catch (error) {
    return { state: 'failed', error };
  }
}
