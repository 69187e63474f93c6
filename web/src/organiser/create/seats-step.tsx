import type { Fault } from '../../api/problem.ts';
import { faultWordsAt } from '../parts/fault-words.ts';
import { ChoiceField, NumberField } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';
import { GeneratorFields } from './generator-fields.tsx';
import { HallPreview } from './hall-preview.tsx';
import { PlanFile } from './plan-file.tsx';
import { PRESETS, type SeatsForm } from './seats-form.ts';
import type { Preview } from './use-preview.ts';

/** Where the seats come from, and beside it what that looks like. */
export function SeatsStep({
  form,
  preview,
  change,
}: {
  form: SeatsForm;
  preview: Preview;
  change: (changes: Partial<SeatsForm>) => void;
}) {
  const { seats } = texts;
  return (
    <div className="hall">
      <div className="hall-form">
        <ChoiceField
          label={seats.how}
          value={form.how}
          options={[
            ['preset', seats.preset],
            ['generator', seats.generator],
            ['file', seats.file],
          ]}
          change={(how) => change({ how })}
        />
        {form.how === 'preset' && <PresetFields form={form} faults={preview.faults} change={change} />}
        {form.how === 'generator' && (
          <GeneratorFields
            form={form.generator}
            faults={preview.faults}
            change={(changes) => change({ generator: { ...form.generator, ...changes } })}
          />
        )}
        {form.how === 'file' && <PlanFile chosen={form.file} choose={(file) => change({ file })} />}
      </div>
      <HallPreview preview={preview} />
    </div>
  );
}

function PresetFields({
  form,
  faults,
  change,
}: {
  form: SeatsForm;
  faults: readonly Fault[];
  change: (changes: Partial<SeatsForm>) => void;
}) {
  const { seats } = texts;
  return (
    <>
      <ChoiceField
        label={seats.preset}
        value={form.preset}
        options={PRESETS.map((preset) => [preset, seats.presets[preset]] as const)}
        change={(preset) => change({ preset })}
      />
      {form.preset === 'arena' && (
        <NumberField
          label={seats.arenaSeats}
          value={form.arenaSeats}
          fault={faultWordsAt(faults, 'preset.seats')}
          change={(arenaSeats) => change({ arenaSeats })}
        />
      )}
    </>
  );
}
