import { named } from '../../messages/named.ts';
import { texts } from '../texts/texts.ts';

/** Where a fault of a plan lies: in words, and what stands there. */
export type FaultPlace = { readonly words: string; readonly found: string };

const FOUND_LENGTH_MAX = 160;
/** By what a zone, a row, a seat, a category is known to people. */
const NAMES = ['name', 'row_number', 'seat_number', 'zone_id', 'seat_guid'] as const;

/** `zones[0].rows[2].seats[5].category` is "zone 1 (Stalls), row 3 (C), seat 6 (6), category", by the plan itself. */
export function placeOf(plan: unknown, path: string): FaultPlace {
  const steps = [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  const words: string[] = [];
  let at = plan;
  for (const [place, step] of steps.entries()) {
    at = childOf(at, step);
    if (typeof step === 'string') {
      if (typeof steps[place + 1] !== 'number') words.push(step.replaceAll('_', ' '));
      continue;
    }
    const list = steps[place - 1];
    const noun = named(texts.seats.where, String(list)) ?? String(list ?? '');
    const name = nameOf(at);
    words.push(`${noun} ${step + 1}${name === '' ? '' : ` (${name})`}`.trim());
  }
  return { words: words.length === 0 ? path : words.join(', '), found: foundOf(at) };
}

function childOf(parent: unknown, step: string | number): unknown {
  if (Array.isArray(parent) && typeof step === 'number') return parent[step];
  if (typeof parent !== 'object' || parent === null) return undefined;
  return Object.entries(parent).find(([name]) => name === String(step))?.[1];
}

function nameOf(thing: unknown): string {
  for (const name of NAMES) {
    const value = childOf(thing, name);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return '';
}

function foundOf(value: unknown): string {
  if (value === undefined) return texts.seats.foundNothing;
  const json = JSON.stringify(value);
  return json.length > FOUND_LENGTH_MAX ? `${json.slice(0, FOUND_LENGTH_MAX)}…` : json;
}

/** Where a text stops being JSON, as far as the browser tells: the line, the column, and what stands there. */
export function breakOf(
  text: string,
  error: unknown,
): { line: number; column: number; around: string } | null {
  const message = error instanceof Error ? error.message : '';
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return null;
  const before = text.slice(0, Number(position));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  const lineText = text.split('\n')[line - 1] ?? '';
  return { line, column, around: lineText.slice(Math.max(0, column - 40), column + 40) };
}
