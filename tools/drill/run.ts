import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainFailure } from '../local/failure.ts';
import { MARIADB, installMissing, redis } from '../local/install-programs.ts';
import { FAULT_KINDS } from './faults/fault.ts';
import { seedOfRun } from './faults/schedule.ts';
import { type RunResult, runOnce } from './run-once.ts';
import { soak } from './soak/soak.ts';
import { type Stores, startStores } from './system/stores.ts';
import { type System, startSystem } from './system/system.ts';

const HELP = `npm run drill -- [--runs 20] [--seed 1] | --soak [--minutes 20]

Lets a crowd loose on a whole Holdfast of its own (two of each process, MariaDB, Redis, the Stripe stand-in), breaks
things in the middle, lets it come to rest, and accounts for every answer, every seat and every payment. Each run has its
own schedule of faults, drawn from its seed. Exits 1 at any breach; the last line counts runs, faults and breaches.

  --runs N    how many runs (20)
  --seed S    the first run's seed (1); \`--runs 1 --seed <a run's seed>\` repeats that run's schedule
  --soak      instead: half of the load that the machine can do, with nothing broken, and a table of what is taken up;
              exits 1 when memory or descriptors grow, or when anything stays that must not
  --minutes N how long (20)
  --keep      keep the folder with the logs of the processes also when all is well
`;
/** A fresh system after so many runs: its books and tables have grown. */
const RUNS_PER_SYSTEM = 20;
const SEED_MAX = 2 ** 31;

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-drill-'));
  await installMissing([MARIADB, redis(folder)], join(folder, 'apt.log'), (line) => console.log(line));
  const stores = await startStores(folder);
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const isStopped = () => stopped.signal.aborted;
  let isWell = false;
  try {
    if (options.soakMinutes === null) isWell = report(await drill(stores, { ...options, folder, isStopped }));
    else isWell = await soakFor(options.soakMinutes, stores, folder, isStopped);
  } finally {
    await stores.stop();
  }
  if (isWell && !options.keep) await rm(folder, { recursive: true, force: true });
  else console.error(`Logs and ledgers: ${folder}`);
  return isWell ? 0 : 1;
}

/** Times as in production, but for the buyers' own, so that many go through all of it. */
const SOAK_TIMES = { HOLD_TTL_SECONDS: '10', HOLD_MAX_SECONDS: '60', CHECKOUT_WINDOW_SECONDS: '4' };

/** V8 lets the nursery grow in steps of some 50 MB, whenever it likes: of one size, memory tells what is kept. */
const NURSERY = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

async function soakFor(
  minutes: number,
  stores: Stores,
  folder: string,
  isStopped: () => boolean,
): Promise<boolean> {
  const env = { ...SOAK_TIMES, CLEANUP_INTERVAL_SECONDS: '10', RECOVERY_SECONDS: '10' };
  const system = await startSystem(stores, {
    folder: join(folder, 'soak'),
    env,
    startedWith: () => ({ env: {}, nodeArgs: NURSERY }),
  });
  const breaches = await soak(system, { minutes, say: (line) => console.log(line), isStopped });
  await system.stop();
  for (const breach of breaches) console.log(`BREACH  ${breach}`);
  console.log(`${minutes} minutes at half load, ${breaches.length} breaches`);
  return breaches.length === 0;
}

async function drill(
  stores: Stores,
  options: { runs: number; seed: number; folder: string; isStopped: () => boolean },
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  let system: System | null = null;
  for (let run = 0; run < options.runs && !options.isStopped(); run += 1) {
    if (system === null)
      system = await startSystem(stores, { folder: join(options.folder, `from-run-${run + 1}`) });
    const seed = seedOfRun(options.seed, run);
    console.log(`run ${run + 1} of ${options.runs}, seed ${seed}`);
    const result = await runOnce(system, { seed, say: (line) => console.log(line) });
    results.push(result);
    await tell(result, options.folder);
    // After a breach nothing of it may spoil the next run.
    if (result.breaches.length > 0 || (run + 1) % RUNS_PER_SYSTEM === 0) {
      await system.stop();
      system = null;
    }
  }
  await system?.stop();
  return results;
}

async function tell(result: RunResult, folder: string): Promise<void> {
  const { seed, entries, breaches, rushMs, restMs, eventId } = result;
  const yes = entries.filter(({ status }) => status >= 200 && status < 300).length;
  const none = entries.filter(({ isCertain }) => !isCertain).length;
  console.log(
    `  ${entries.length} questions, ${yes} done, ${none} left open; rush ${seconds(rushMs)} s, rest ${seconds(restMs)} s`,
  );
  for (const breach of breaches) console.log(`  BREACH  ${breach}`);
  if (breaches.length > 0) {
    const lines = entries.map((entry) => JSON.stringify(entry)).join('\n');
    await writeFile(join(folder, `ledger-${seed}-${eventId}.jsonl`), `${lines}\n`);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function report(results: readonly RunResult[]): boolean {
  const faults = results.flatMap((result) => result.faults);
  const breaches = results.flatMap((result) => result.breaches);
  console.log();
  for (const kind of FAULT_KINDS)
    console.log(`  ${String(faults.filter((fault) => fault.kind === kind).length).padStart(5)}  ${kind}`);
  const seeds = results.filter((result) => result.breaches.length > 0).map(({ seed }) => seed);
  if (seeds.length > 0) console.log(`Seeds of the runs with a breach: ${seeds.join(', ')}`);
  console.log(`${results.length} runs, ${faults.length} faults, ${breaches.length} breaches`);
  return breaches.length === 0 && results.length > 0;
}

/** null: help is asked for. @throws PlainFailure that names the option which is wrong. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      soak: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '20' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    runs: wholeNumber('runs', values.runs, 1_000_000),
    seed: wholeNumber('seed', values.seed, SEED_MAX),
    soakMinutes: values.soak ? wholeNumber('minutes', values.minutes, 10_000) : null,
    keep: values.keep,
  };
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new PlainFailure(`--${name} must be a whole number from 1 to ${max}.`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof PlainFailure ? error.message : error);
  process.exitCode = 1;
}
