/** `A`..`Z`, `AA`.. for 1, 2, ...; or the number itself. */
export function rowLabel(rowNumber: number, labels: 'letters' | 'numbers'): string {
  if (labels === 'numbers') return String(rowNumber);
  let text = '';
  for (let rest = rowNumber; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCodePoint(65 + ((rest - 1) % 26)) + text;
  }
  return text;
}
