import type { Fault } from '../../api/problem.ts';
import { CrossIcon, PlusIcon } from '../../layout/icons.tsx';
import { faultWordsAt } from '../parts/fault-words.ts';
import { ChoiceField, NumberField, TextField } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';
import { type GeneratorForm, PART_FIELDS, PART_KINDS, type PartForm, newPart } from './seats-form.ts';

type FaultAt = (path: string) => string | undefined;
type Change = (changes: Partial<GeneratorForm>) => void;

/** Describes a hall by its parts; what the server finds wrong stands at its field. */
export function GeneratorFields({
  form,
  faults,
  change,
}: {
  form: GeneratorForm;
  faults: readonly Fault[];
  change: Change;
}) {
  const { generator } = texts;
  const faultAt: FaultAt = (path) => faultWordsAt(faults, `generator.${path}`, path);
  const replace = (part: PartForm, changes: Partial<PartForm>) =>
    change({ parts: form.parts.map((other) => (other === part ? { ...part, ...changes } : other)) });
  const add = () => {
    const key = Math.max(0, ...form.parts.map((part) => part.key)) + 1;
    change({ parts: [...form.parts, newPart(key, generator.part(key), form.categories[0] ?? '')] });
  };
  return (
    <>
      <div className="organiser-pair">
        <TextField
          label={generator.hall}
          value={form.name}
          fault={faultAt('name')}
          change={(name) => change({ name })}
        />
        <TextField
          label={generator.stage}
          hint={generator.stageHint}
          value={form.stage}
          fault={faultAt('stage')}
          change={(stage) => change({ stage })}
        />
      </div>
      <Categories form={form} faultAt={faultAt} change={change} />
      <h3>{generator.parts}</h3>
      {faultAt('parts') !== undefined && <p className="small organiser-fault">{faultAt('parts')}</p>}
      {form.parts.map((part, index) => (
        <PartFields
          key={part.key}
          part={part}
          categories={form.categories}
          faultAt={(path) => faultAt(`parts[${index}].${path}`)}
          change={(changes) => replace(part, changes)}
          remove={
            form.parts.length === 1
              ? null
              : () => change({ parts: form.parts.filter((other) => other !== part) })
          }
        />
      ))}
      <button type="button" className="button" onClick={add}>
        <PlusIcon />
        {generator.add}
      </button>
    </>
  );
}

function Categories({ form, faultAt, change }: { form: GeneratorForm; faultAt: FaultAt; change: Change }) {
  const { generator } = texts;
  const rename = (at: number, name: string) => {
    const before = form.categories[at];
    change({
      categories: form.categories.map((other, index) => (index === at ? name : other)),
      parts: form.parts.map((part) => (part.category === before ? { ...part, category: name } : part)),
    });
  };
  const remove = (at: number) => {
    const categories = form.categories.filter((_, index) => index !== at);
    const parts = form.parts.map((part) =>
      part.category === form.categories[at] ? { ...part, category: categories[0] ?? '' } : part,
    );
    change({ categories, parts });
  };
  return (
    <fieldset className="hall-categories">
      <legend>{generator.categories}</legend>
      {form.categories.map((name, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a category is its place in the list; its name is being typed
        <div key={index} className="hall-category">
          <TextField
            label={generator.categoryNumber(index + 1)}
            value={name}
            fault={faultAt(`categories[${index}].name`) ?? (index === 0 ? faultAt('categories') : undefined)}
            change={(typed) => rename(index, typed)}
          />
          {form.categories.length > 1 && (
            <button
              type="button"
              className="icon-button"
              aria-label={generator.removeCategory(name)}
              onClick={() => remove(index)}
            >
              <CrossIcon />
            </button>
          )}
        </div>
      ))}
      <button
        type="button"
        className="button"
        onClick={() => change({ categories: [...form.categories, ''] })}
      >
        <PlusIcon />
        {generator.addCategory}
      </button>
    </fieldset>
  );
}

function PartFields({
  part,
  categories,
  faultAt,
  change,
  remove,
}: {
  part: PartForm;
  categories: readonly string[];
  faultAt: FaultAt;
  change: (changes: Partial<PartForm>) => void;
  remove: (() => void) | null;
}) {
  const { generator } = texts;
  return (
    <fieldset className="hall-part">
      <legend>{part.name}</legend>
      {remove !== null && (
        <button
          type="button"
          className="icon-button hall-part-remove"
          aria-label={generator.remove(part.name)}
          onClick={remove}
        >
          <CrossIcon />
        </button>
      )}
      <TextField
        label={generator.name}
        value={part.name}
        fault={faultAt('name')}
        change={(name) => change({ name })}
      />
      <ChoiceField
        label={generator.kind}
        value={part.kind}
        options={PART_KINDS.map((kind) => [kind, generator.kinds[kind]] as const)}
        change={(kind) => change({ kind })}
      />
      <ChoiceField
        label={generator.category}
        value={part.category}
        fault={faultAt('category')}
        options={categories.map((name) => [name, name] as const)}
        change={(category) => change({ category })}
      />
      <Measures part={part} faultAt={faultAt} change={change} />
    </fieldset>
  );
}

function Measures({
  part,
  faultAt,
  change,
}: {
  part: PartForm;
  faultAt: FaultAt;
  change: (changes: Partial<PartForm>) => void;
}) {
  const { generator } = texts;
  const measures = PART_FIELDS[part.kind].map((field) => {
    const props = {
      label: generator[field],
      value: part.fields[field],
      fault: faultAt(field) ?? (field === 'aislesAfter' ? faultAt('aislesAfter[0]') : undefined),
      change: (value: string) => change({ fields: { ...part.fields, [field]: value } }),
    };
    return field === 'aislesAfter' ? (
      <TextField key={field} {...props} hint={generator.aislesHint} />
    ) : (
      <NumberField key={field} {...props} />
    );
  });
  return (
    <>
      {part.kind !== 'generalAdmission' && (
        <ChoiceField
          label={generator.rowLabels}
          value={part.rowLabels}
          options={[
            ['letters', generator.letters],
            ['numbers', generator.numbers],
          ]}
          change={(rowLabels) => change({ rowLabels })}
        />
      )}
      {measures}
    </>
  );
}
