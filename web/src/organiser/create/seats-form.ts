import type { Layout } from '../api/events.ts';
import { wholeNumber } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';

export const PRESETS = ['cinema', 'theatre', 'arena', 'standing'] as const;
export const PART_KINDS = ['rows', 'blocks', 'arcs', 'generalAdmission'] as const;
export type Preset = (typeof PRESETS)[number];
export type PartKind = (typeof PART_KINDS)[number];

/** The fields of each shape, in the order in which they are asked for. `aislesAfter` is a list of numbers. */
export const PART_FIELDS = {
  rows: ['rows', 'seatsPerRow', 'seatsPerRowStep', 'aislesAfter'],
  blocks: ['columns', 'lines', 'rows', 'seatsPerRow', 'aislesAfter'],
  arcs: ['sections', 'rows', 'innerRadius', 'fromDegrees', 'toDegrees'],
  generalAdmission: ['capacity'],
} as const satisfies Record<PartKind, readonly string[]>;
export type PartField = (typeof PART_FIELDS)[PartKind][number];

const USUAL: Readonly<Record<PartField, string>> = {
  rows: '8',
  seatsPerRow: '14',
  seatsPerRowStep: '0',
  aislesAfter: '',
  columns: '2',
  lines: '1',
  sections: '4',
  innerRadius: '260',
  fromDegrees: '-70',
  toDegrees: '70',
  capacity: '300',
};

export type PartForm = {
  /** Tells parts apart while they are edited. */
  readonly key: number;
  readonly kind: PartKind;
  readonly name: string;
  readonly category: string;
  readonly rowLabels: 'letters' | 'numbers';
  readonly fields: Readonly<Record<PartField, string>>;
};
export type GeneratorForm = {
  readonly name: string;
  readonly stage: string;
  readonly categories: readonly string[];
  readonly parts: readonly PartForm[];
};
export type SeatsForm = {
  readonly how: 'preset' | 'generator' | 'file';
  readonly preset: Preset;
  readonly arenaSeats: string;
  readonly generator: GeneratorForm;
  /** A plan without faults. */
  readonly file: { readonly name: string; readonly plan: unknown } | null;
};

export function emptySeats(): SeatsForm {
  const { hall, stage, category } = texts.generator.first;
  return {
    how: 'preset',
    preset: 'theatre',
    arenaSeats: '20000',
    file: null,
    generator: {
      name: hall,
      stage,
      categories: [category],
      parts: [newPart(1, category, category)],
    },
  };
}

export function newPart(key: number, name: string, category: string): PartForm {
  return { key, kind: 'rows', name, category, rowLabels: 'letters', fields: USUAL };
}

/** What the API is asked to draw and to make; null while no file was chosen. */
export function layoutOf(form: SeatsForm): Layout | null {
  if (form.how === 'file') return form.file === null ? null : { plan: form.file.plan };
  if (form.how === 'generator') return { generator: specOf(form.generator) };
  const seats = wholeNumber(form.arenaSeats);
  return form.preset === 'arena' && seats !== null
    ? { preset: { name: 'arena', seats } }
    : { preset: { name: form.preset } };
}

/** What is no number is sent as null: the server says what it must be, and the field shows that. */
function specOf(form: GeneratorForm) {
  return {
    name: form.name,
    stage: form.stage.trim() === '' ? null : form.stage,
    categories: form.categories.map((name) => ({ name })),
    parts: form.parts.map(({ kind, name, category, rowLabels, fields }) => ({
      kind,
      name,
      category,
      ...(kind === 'generalAdmission' ? {} : { rowLabels }),
      ...Object.fromEntries(
        PART_FIELDS[kind].map((field) => [
          field,
          field === 'aislesAfter' ? listOfNumbers(fields[field]) : wholeNumber(fields[field]),
        ]),
      ),
    })),
  };
}

function listOfNumbers(typed: string): (number | null)[] {
  return typed
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map(wholeNumber);
}
