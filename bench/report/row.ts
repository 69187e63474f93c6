/** A line of the report, and an entry of `bench/last.json`. */
export type Row = {
  readonly work: string;
  readonly value: number;
  readonly unit: string;
  /** The baseline's figure in the same unit, the mean of its runs before and after; null where there is none. */
  readonly baseline: number | null;
  /** `value` over `baseline`. */
  readonly ratio: number | null;
  /** In words, e.g. `ratio >= 0.6`; null: told for information. */
  readonly target: string | null;
  readonly met: boolean | null;
  /** What else was measured: latencies, processor time, sizes. */
  readonly detail: Readonly<Record<string, unknown>>;
};

export type Target = {
  readonly of: 'ratio' | 'value';
  readonly min?: number;
  readonly max?: number;
};

export function makeRow(measured: {
  work: string;
  value: number;
  unit: string;
  baseline?: number;
  target?: Target;
  detail?: Readonly<Record<string, unknown>>;
}): Row {
  const { work, value, unit, baseline = null, target, detail = {} } = measured;
  const ratio = baseline === null || !Number.isFinite(baseline) ? null : value / baseline;
  const judged = target?.of === 'ratio' ? ratio : value;
  return {
    work,
    value,
    unit,
    baseline,
    ratio,
    target: target === undefined ? null : wordsOf(target),
    met: target === undefined ? null : judged !== null && isMet(target, judged),
    detail,
  };
}

function wordsOf({ of, min, max }: Target): string {
  return min === undefined ? `${of} <= ${max}` : `${of} >= ${min}`;
}

/** A figure that could not be measured (NaN) meets nothing, nor does one without its baseline. */
function isMet({ min, max }: Target, judged: number): boolean {
  return judged >= (min ?? -Infinity) && judged <= (max ?? Infinity);
}
