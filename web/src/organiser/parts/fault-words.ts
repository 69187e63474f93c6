import type { Fault } from '../../api/problem.ts';
import { count } from '../../platform/format.ts';
import { texts } from '../texts/texts.ts';

/** What the server says of a field, in the page's language where it is one of the usual faults, else as it says it. */
export function faultWords(message: string): string {
  const { faults } = texts;
  const limit = /^Too (small|big): expected (\w+) to (?:be|have) [<>]=?(-?\d+)/.exec(message);
  if (limit !== null) {
    const [, side, kind] = limit;
    const bound = Number(limit[3]);
    if (kind === 'string') return side === 'small' ? faults.needed : faults.charactersMax(count(bound));
    return side === 'small' ? faults.least(count(bound)) : faults.most(count(bound));
  }
  if (/^Invalid input: expected (number|int)\b/.test(message)) return faults.number;
  return message;
}

/** What is wrong at the first of the paths that has a fault. */
export function faultWordsAt(faults: readonly Fault[], ...paths: readonly string[]): string | undefined {
  const fault = faults.find(({ path }) => paths.includes(path));
  return fault === undefined ? undefined : faultWords(fault.message);
}
