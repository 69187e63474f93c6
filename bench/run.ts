import { writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainFailure } from '../tools/local/failure.ts';
import { CHROMIUM, MARIADB, type Program, installMissing, redis } from '../tools/local/install-programs.ts';
import { printAudit } from '../tools/rush/print-audit.ts';
import { printCpu, printRows } from './report/print.ts';
import { type Window, printProfiles } from './report/profile.ts';
import type { Row } from './report/row.ts';
import { openStack } from './system/stack.ts';
import { capacity } from './works/capacity.ts';
import { connections } from './works/connections.ts';
import { grow } from './works/grow.ts';
import { hold201, hold202 } from './works/holds.ts';
import { map } from './works/map.ts';
import { overload } from './works/overload.ts';
import { processes } from './works/processes.ts';
import { purchase } from './works/purchase.ts';
import { read } from './works/read.ts';
import { refuse } from './works/refuse.ts';
import { start } from './works/start.ts';
import { sweep } from './works/sweep.ts';
import { watch } from './works/watch.ts';
import type { BenchOptions, Work } from './works/work.ts';

/** In this order; each on stores of its own, so that any of them can be run alone. */
const WORKS: readonly Work[] = [
  capacity,
  refuse,
  hold202,
  hold201,
  purchase,
  read,
  watch,
  connections,
  sweep,
  overload,
  grow,
  start,
  processes,
  map,
];

const HELP = `npm run bench -- [name ...] [--seconds N] [--small] [--profile]

Measures Holdfast against baselines in the same run, side by side, prints a table and writes bench/last.json. Exits 1 when an
answer was wrong or an invariant is breached; a missed target is reported and is no failure. docs/performance.md explains it.

  --seconds N   how long each load is sent (default 5)
  --small       fewer events, viewers and connections
  --profile     the processor time of an answer by module, for each process

${WORKS.map(({ name, says }) => `  ${name.padEnd(12)} ${says}`).join('\n')}
`;
const RESULT_FILE = new URL('last.json', import.meta.url);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '5' },
      small: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new PlainFailure('--seconds must be a number greater than 0.');
  const works = chosen(positionals);
  await installPrograms(works.includes(map) ? [CHROMIUM] : []);
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(2)} before the start; ${seconds} s for each load`,
  );
  const rows: Row[] = [];
  const faults: string[] = [];
  for (const work of works) {
    const did = await runWork(work, { seconds, small: values.small }, values.profile);
    rows.push(...did.rows);
    faults.push(...did.faults);
    await writeFile(RESULT_FILE, `${JSON.stringify(rows, undefined, 2)}\n`);
  }
  report(rows, faults);
  return faults.length === 0 ? 0 : 1;
}

function chosen(names: readonly string[]): readonly Work[] {
  const unknown = names.filter((name) => !WORKS.some((work) => work.name === name));
  if (unknown.length > 0) throw new PlainFailure(`There is no benchmark ${unknown.join(', ')}.\n\n${HELP}`);
  return names.length === 0 ? WORKS : WORKS.filter(({ name }) => names.includes(name));
}

async function installPrograms(more: readonly Program[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    await installMissing([MARIADB, redis(scratch), ...more], join(scratch, 'apt.log'), (line) =>
      console.log(line),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One work on a system of its own, whose invariants are checked at the end. A work that breaks off is a fault too. */
async function runWork(
  work: Work,
  options: BenchOptions,
  isProfiled: boolean,
): Promise<{ rows: Row[]; faults: string[] }> {
  console.log(`\n== ${work.name}: ${work.says}`);
  const faults: string[] = [];
  const windows: Window[] = [];
  const stack = await openStack({
    ...work.stack?.(options),
    onProfiles: isProfiled ? (files) => printProfiles(files, windows) : undefined,
  });
  try {
    const rows = await work.run({
      ...options,
      stack,
      generator: stack.generator(),
      say: (line) => console.log(line),
      fault: (what) => void faults.push(what),
      windows,
    });
    const audited = await stack.audit();
    printAudit(audited);
    if (!audited.isClean) faults.push(`${work.name}: the audit found a breach`);
    printRows(rows);
    return { rows, faults };
  } catch (error) {
    console.error(error);
    return { rows: [], faults: [...faults, `${work.name} broke off: ${String(error)}`] };
  } finally {
    await stack.stop();
  }
}

function report(rows: readonly Row[], faults: readonly string[]): void {
  console.log('\n== all\n');
  printRows(rows);
  printCpu(rows);
  const missed = rows.filter(({ met }) => met === false).length;
  console.log(`\n${rows.filter(({ met }) => met === true).length} targets met, ${missed} missed`);
  for (const fault of faults) console.log(`FAULT  ${fault}`);
  console.log(faults.length === 0 ? 'every answer right, every audit clean' : `${faults.length} faults`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof PlainFailure ? error.message : error);
  process.exitCode = 1;
}
