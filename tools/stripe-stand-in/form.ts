/** A decoded parameter: text, a list or an object. The wire has no other types. */
export type Param = string | readonly Param[] | ParamObject;
export interface ParamObject {
  readonly [name: string]: Param;
}

const depthMax = 8;
const pairsMax = 2_000;

interface Draft {
  [name: string]: string | Draft;
}

/**
 * Decodes Stripe's form encoding: `line_items[0][price_data][currency]=eur&expand[]=customer`.
 * An object whose names are 0..n-1 becomes a list. Throws RangeError beyond 2,000 pairs or 8 levels.
 */
export function decodeForm(text: string): ParamObject {
  const root: Draft = {};
  if (text === '') return {};
  const pairs = text.split('&');
  if (pairs.length > pairsMax) throw new RangeError('too many parameters');
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    if (name !== '') place(root, pathOf(name), at < 0 ? '' : decode(pair.slice(at + 1)));
  }
  return finishObject(root);
}

function pathOf(name: string): string[] {
  const bracket = name.indexOf('[');
  const path = [bracket <= 0 ? name : name.slice(0, bracket)];
  if (bracket > 0)
    for (const part of name.slice(bracket + 1).split('['))
      path.push(part.endsWith(']') ? part.slice(0, -1) : part);
  if (path.includes('__proto__')) throw new RangeError('a parameter cannot have this name');
  if (path.length > depthMax) throw new RangeError('parameters nested too deeply');
  return path;
}

function place(root: Draft, path: readonly string[], value: string): void {
  let here = root;
  path.forEach((part, depth) => {
    const name = part === '' ? String(Object.keys(here).length) : part;
    if (depth === path.length - 1) {
      here[name] = value;
      return;
    }
    const there = here[name];
    const next = typeof there === 'object' ? there : {};
    here[name] = next;
    here = next;
  });
}

function finish(draft: string | Draft): Param {
  if (typeof draft === 'string') return draft;
  const names = Object.keys(draft);
  if (names.every((name, index) => name === String(index)))
    return names.map((name) => finish(draft[name] ?? ''));
  return finishObject(draft);
}

function finishObject(draft: Draft): ParamObject {
  const done: Record<string, Param> = {};
  for (const [name, value] of Object.entries(draft)) done[name] = finish(value);
  return done;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new RangeError('invalid percent-encoding');
  }
}
