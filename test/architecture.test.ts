import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Whom a folder may import, besides itself, `platform`, `db/schema` and the type of `resources`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  accounts: [],
  events: [],
  payments: [],
  seats: ['events'],
  'waiting-room': ['events', 'accounts'],
  holds: ['seats', 'events', 'accounts', 'waiting-room'],
  bookings: ['seats', 'events', 'accounts'],
  checkout: ['holds', 'bookings', 'payments', 'seats', 'events', 'accounts'],
  'live-updates': ['seats', 'events'],
  sales: ['holds', 'bookings', 'payments', 'seats', 'events', 'accounts'],
  reconciliation: ['checkout', 'bookings', 'payments', 'holds', 'seats', 'events'],
  operations: [
    'reconciliation',
    'live-updates',
    'bookings',
    'payments',
    'holds',
    'seats',
    'events',
    'accounts',
  ],
};

/** Packages that only some files may know, so that replacing one touches only these. */
const KNOWN_ONLY_BY: Readonly<Record<string, RegExp>> = {
  express: /^src\/(app|platform\/http\/[\w-]+|[\w-]+\/routes|operations\/open-queue-board)\.ts$/,
  kysely:
    /^(db\/.+|src\/platform\/(batches|json-rows|mysql)|src\/platform\/http\/idempotency|src\/.+-store)\.ts$/,
  bullmq: /^(src\/platform\/job-(queue|batches)|workers\/[\w-]+)\.ts$/,
  '@bull-board/api': /^src\/operations\/open-queue-board\.ts$/,
  stripe: /^src\/payments\/stripe-[\w-]+\.ts$/,
  ioredis: /^src\/platform\/redis\.ts$/,
  'prom-client': /^src\/platform\/metrics\.ts$/,
  redlock: /^src\/platform\/lock\.ts$/,
};

/** The files that a process begins with: only they read the environment, which config.ts then checks. */
const READS_ENVIRONMENT = /^(src\/server|workers\/[\w-]+|db\/(migrate|seed))\.ts$/;

/** The states that nothing leaves; in the other tables each state can be left. */
const FINAL_STATES: Readonly<Record<string, readonly string[]>> = {
  EVENT_TRANSITIONS: ['cancelled'],
  HOLD_TRANSITIONS: ['booked', 'rejected'],
  PAYMENT_TRANSITIONS: [],
  BOOKING_TRANSITIONS: ['cancelled', 'transferred'],
  SEAT_TRANSITIONS: [],
};

const LUA_LINES_MAX = 60;

type Source = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

async function readAll(pattern: string): Promise<Source[]> {
  const sources = [];
  for await (const path of glob(pattern, { cwd: ROOT })) {
    const text = await readFile(join(ROOT, path), 'utf8');
    const found = text.matchAll(
      /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
    );
    sources.push({ path, text, imports: [...found].map(([, a, b, c]) => a ?? b ?? c ?? '') });
  }
  return sources;
}

const code = (await readAll('{src,workers,db}/**/*.ts')).filter(({ path }) => !path.endsWith('.test.ts'));

/** The folder of src that an import leads to; `resources`, `app` and the like for files beside them. */
function folderOf(path: string): string {
  const [top = '', folder = ''] = path.split('/');
  return top === 'src' ? folder.replace(/\.ts$/, '') : path;
}

test('imports / each folder / only those that the table allows', () => {
  const wrong = code.flatMap(({ path, text, imports }) => {
    const own = folderOf(path);
    const allowed = MAY_IMPORT[own];
    if (allowed === undefined) return [];
    return imports
      .filter((name) => name.startsWith('.'))
      .filter((name) => {
        const target = folderOf(relative(ROOT, join(ROOT, dirname(path), name)));
        if ([own, 'platform', 'db/schema.ts', ...allowed].includes(target)) return false;
        return !(target === 'resources' && own !== 'platform' && isTypeImport(text, name));
      })
      .map((name) => `${path} imports ${name}`);
  });
  expect(wrong).toEqual([]);
  const folders = new Set(
    code.filter(({ path }) => /^src\/.+\//.test(path)).map(({ path }) => folderOf(path)),
  );
  expect(Object.keys(MAY_IMPORT)).toEqual(expect.arrayContaining([...folders]));
});

function isTypeImport(text: string, name: string): boolean {
  return (
    text.includes('import type {') && new RegExp(`^import type \\{[^}]*\\} from '${name}';`, 'm').test(text)
  );
}

test('imports / app, server and workers / by nobody but one another', () => {
  const wrong = code
    .filter(({ path }) => MAY_IMPORT[folderOf(path)] !== undefined)
    .flatMap(({ path, imports }) =>
      imports.filter((name) => /\/(app|server|workers\/.+)\.ts$/.test(name)).map(() => path),
    );
  expect(wrong).toEqual([]);
});

test.each(Object.entries(KNOWN_ONLY_BY))('packages / %s / known only where it belongs', (name, places) => {
  const users = code.filter(({ imports }) =>
    imports.some((found) => found === name || found.startsWith(`${name}/`)),
  );
  expect(users.length).toBeGreaterThan(0);
  expect(users.map(({ path }) => path).filter((path) => !places.test(path))).toEqual([]);
});

test('process.env / everywhere / read only where a process begins', () => {
  const readers = code.filter(({ text }) => text.includes('process.env')).map(({ path }) => path);
  expect(readers.filter((path) => !READS_ENVIRONMENT.test(path))).toEqual([]);
});

test('Lua / every script / at most 60 lines, with a header that says purpose, KEYS and replies; every key is one of KEYS', async () => {
  const scripts = await readAll('src/**/*.lua');
  expect(scripts.length).toBeGreaterThan(0);
  const faults = scripts.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    const header = lines
      .slice(
        0,
        lines.findIndex((line) => !line.startsWith('--')),
      )
      .join('\n');
    return [
      ...(lines.length > LUA_LINES_MAX ? [`${path} is too long`] : []),
      ...(/^-- \w[^]*KEYS\[[^]*Replies/.test(header) ? [] : [`${path} lacks its header`]),
      ...[...text.matchAll(/redis\.p?call\('(?!PUBLISH'|TIME')\w+', *(?!KEYS\[|unpack\(KEYS)\S+/g)].map(
        ([call]) => `${path}: ${call}`,
      ),
    ];
  });
  expect(faults).toEqual([]);
});

test('transitions / every table / each state is known and can be reached from the first; the final ones are final', async () => {
  const found: Record<string, string[]> = {};
  for (const { path, text } of code) {
    for (const [, name = ''] of text.matchAll(/export const (\w+_TRANSITIONS)\b/g)) {
      const module: Record<string, Record<string, readonly string[]>> = await import(join(ROOT, path));
      const table = module[name] ?? {};
      const [first = ''] = Object.keys(table);
      const reached = new Set([first]);
      for (const state of reached) for (const next of table[state] ?? []) reached.add(next);
      expect({ [name]: [...reached].toSorted() }).toEqual({ [name]: Object.keys(table).toSorted() });
      found[name] = Object.keys(table).filter((state) => table[state]?.length === 0);
    }
  }
  expect(found).toEqual(FINAL_STATES);
});
