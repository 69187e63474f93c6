import type { Row } from './row.ts';

/** The table of ratios. */
export function printRows(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.work,
    `${figure(row.value)} ${row.unit}`,
    row.baseline === null ? '' : figure(row.baseline),
    row.ratio === null ? '' : row.ratio.toFixed(2),
    row.target ?? '',
    row.met === null ? '' : row.met ? 'met' : 'MISSED',
  ]);
  printTable([['work', 'value', 'baseline', 'ratio', 'target', ''], ...lines]);
}

/** Processor time of each process for one answer, which the machine's other work hardly changes. */
export function printCpu(rows: readonly Row[]): void {
  const withCpu = rows.flatMap(({ work, detail }) => {
    const cpu = detail['cpuMicrosPerAnswer'];
    return isFigures(cpu) ? [{ work, cpu }] : [];
  });
  if (withCpu.length === 0) return;
  const names = [...new Set(withCpu.flatMap(({ cpu }) => Object.keys(cpu)))];
  console.log('\nProcessor time, microseconds per answer');
  printTable([
    ['work', ...names],
    ...withCpu.map(({ work, cpu }) => [
      work,
      ...names.map((name) => (cpu[name] === undefined ? '' : figure(cpu[name]))),
    ]),
  ]);
}

/** Columns as wide as their widest entry; the first to the left, the others to the right. */
export function printTable(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  ').trimEnd());
  }
}

export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function isFigures(value: unknown): value is Readonly<Record<string, number>> {
  return typeof value === 'object' && value !== null;
}
