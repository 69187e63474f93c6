import type { Draws } from './draws.ts';
import type { Api, Schema } from './operations.ts';

const DEPTH_MAX = 8;
/** So many values in one body at most, besides one long list: what is larger is refused by its length alone. */
const VALUES_MAX = 150;
const LONG_LIST_MAX = 2_000;
const LONG_LIST_CHARS_MAX = 40_000;

/** Texts that have broken other services: injections, control characters, halves of characters, odd numbers. */
const HOSTILE_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u{FEFF}',
  '\uD800',
  '\uDC00\uD800',
  '\u202Egnp.exe',
  '%00',
  '%s%n%x',
  '{{7*7}}',
  '${jndi:ldap://127.0.0.1/a}',
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '\\',
  "\\'",
  '") UNION SELECT user_password FROM users -- ',
  '*',
  'seat-lock:{x}:1',
  '}:1\r\nFLUSHALL\r\n',
  'return redis.call("FLUSHALL")',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'NaN',
  '1e400',
  '0x10',
  '-0',
  '٣',
  '\r\nSet-Cookie: a=b',
  '\u001B[2J',
  '👩‍👩‍👧‍👦'.repeat(50),
  'a'.repeat(300),
  'é'.repeat(5_000),
  '=HYPERLINK("http://127.0.0.1")',
  'İ',
  'ﬀ',
  '\u{1F39F}\u0301\u0301\u0301',
];

const HOSTILE_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.1,
  1e-320,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  -1e308,
  99_999_999,
];

const HOSTILE_OBJECTS: readonly unknown[] = [
  [],
  {},
  [[]],
  [null],
  JSON.parse('{"__proto__":{"role":"admin","isAdmin":true}}'),
  JSON.parse('{"constructor":{"prototype":{"role":"admin"}}}'),
  JSON.parse('{"length":1e9,"0":1}'),
  JSON.parse('{"toString":1,"valueOf":null,"then":"x","toJSON":1}'),
  nested(5),
  nested(50),
  nested(2_000),
  Array.from({ length: 3_000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index])),
];

const DATES = [
  '1970-01-01T00:00:00Z',
  '1970-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999-12:00',
  '2024-02-29T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '2030-06-01T19:30:00+02:00',
  '0000-01-01T00:00:00Z',
];

const FIRST_CODE_POINT_BEYOND = 0x11_0000;
const PRINTABLE = { first: 0x20, count: 95 };

export function hostileText(draws: Draws): string {
  return draws.oneOf(
    [4, () => draws.pick(HOSTILE_TEXTS)],
    [1, () => textFrom(draws, () => PRINTABLE.first + draws.nat(PRINTABLE.count - 1))],
    [1, () => textFrom(draws, () => draws.nat(FIRST_CODE_POINT_BEYOND - 1))],
  );
}

function textFrom(draws: Draws, codePoint: () => number): string {
  return Array.from({ length: draws.nat(40) }, () => String.fromCodePoint(codePoint())).join('');
}

/** Any JSON that is not what was asked for. */
export function hostileValue(draws: Draws): unknown {
  return draws.oneOf<unknown>(
    [2, () => draws.pick([null, true, false, ...HOSTILE_NUMBERS])],
    [2, () => hostileText(draws)],
    [2, () => draws.pick(HOSTILE_OBJECTS)],
  );
}

/** What values are made for: the documents' schemas, and ids of what there is. */
export type Making = {
  readonly draws: Draws;
  readonly api: Api;
  readonly ids: readonly string[];
  /** How many more values may be made. */
  left: number;
};

/** Values that a schema would take, or would just not take: at the bounds, and one beyond. */
export function valueOf(given: Omit<Making, 'left'>, schema: Schema): unknown {
  return make({ ...given, left: VALUES_MAX }, schema, 0);
}

function make(making: Making, schema: Schema, depth: number): unknown {
  const { draws, api } = making;
  making.left -= 1;
  const ref = schema['$ref'];
  if (typeof ref === 'string') return make(making, api.schemas[ref.split('/').at(-1) ?? ''] ?? {}, depth);
  if (depth > DEPTH_MAX || making.left < 0) return null;
  const choices = 'const' in schema ? [schema['const']] : listOf(schema['enum']);
  if (choices.length > 0) return draws.pick(choices);
  const either = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (either.length > 0) return make(making, schemaOf(draws.pick(either)), depth + 1);
  const makeOne = MAKERS[String(schema['type'])] ?? (() => hostileValue(draws));
  return makeOne(making, schema, depth);
}

const MAKERS: Readonly<Record<string, (making: Making, schema: Schema, depth: number) => unknown>> = {
  object: objectOf,
  array: arrayOf,
  string: textOf,
  integer: numberOf,
  number: numberOf,
  boolean: ({ draws }) => draws.onceIn(2),
};

function objectOf(making: Making, schema: Schema, depth: number): unknown {
  const { draws } = making;
  const required = new Set(listOf(schema['required']).map(String));
  const known = Object.entries(schemaOf(schema['properties']))
    .filter(([name]) => required.has(name) || draws.onceIn(2))
    .map(([name, each]) => [name, make(making, schemaOf(each), depth + 1)]);
  const others = schemaOf(schema['additionalProperties']);
  const more =
    Object.keys(others).length === 0
      ? []
      : Array.from({ length: draws.nat(3) }, () => [
          draws.onceIn(2) ? 'Stalls' : hostileText(draws),
          make(making, others, depth + 1),
        ]);
  return Object.fromEntries([...known, ...more]);
}

function arrayOf(making: Making, schema: Schema, depth: number): unknown[] {
  const { draws } = making;
  const items = schemaOf(schema['items']);
  const max = Number(schema['maxItems'] ?? 3);
  if (draws.onceIn(8) && depth <= 2) {
    const item = make(making, items, depth + 1);
    making.left = 0;
    const fitting = Math.ceil(LONG_LIST_CHARS_MAX / (JSON.stringify(item).length + 1));
    return Array.from({ length: Math.min(max, LONG_LIST_MAX, fitting) + 1 }, () => item);
  }
  const length = Math.max(Number(schema['minItems'] ?? 0), draws.nat(Math.min(3, max)));
  return Array.from({ length }, () => make(making, items, depth + 1));
}

function textOf({ draws, ids }: Making, schema: Schema): string {
  if (schema['format'] === 'date-time') return draws.pick(DATES);
  if (schema['format'] === 'uuid') return draws.pick(ids);
  const max = Number(schema['maxLength'] ?? 200);
  return draws.oneOf(
    [2, () => draws.pick(['Stalls', 'EUR', 'UTC', 'a@example.org', 'a pencil and a plan', '#aabbcc'])],
    [1, () => draws.pick(['x'.repeat(max), 'x'.repeat(max + 1), '\u{1F39F}'.repeat(Math.ceil(max / 2))])],
    [1, () => hostileText(draws)],
  );
}

function numberOf({ draws }: Making, schema: Schema): number {
  const min = Number(schema['minimum'] ?? 0);
  const max = Number(schema['maximum'] ?? 10);
  return draws.oneOf(
    [3, () => Math.ceil(min) + draws.nat(Math.min(5, Math.floor(max - min)))],
    [1, () => draws.pick([min, max, min - 1, max + 1, min + 0.5, -max])],
  );
}

/** A copy with the value at some place in it replaced by something else. */
export function spoilt(draws: Draws, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || draws.onceIn(4)) return hostileValue(draws);
  const keys = Object.keys(value);
  if (keys.length === 0) return hostileValue(draws);
  const key = draws.pick(keys);
  const change = ([name, item]: [string, unknown]): [string, unknown] => [
    name,
    name === key ? spoilt(draws, item) : item,
  ];
  const changed = Object.entries(value).map(change);
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
}

export function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function schemaOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
