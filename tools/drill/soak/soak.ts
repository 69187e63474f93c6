import { setTimeout as wait } from 'node:timers/promises';
import { audit } from '../../../src/reconciliation/audit.ts';
import { checkMoney } from '../checks/check-money.ts';
import { comeToRest } from '../rest.ts';
import type { System } from '../system/system.ts';
import { type Load, startLoad } from './load.ts';
import { type Sample, TABLES, takeSample } from './sample.ts';
import { judgeGrowth, judgeJobs, judgeRedis } from './verdict.ts';

export type SoakOptions = {
  readonly minutes: number;
  readonly say: (line: string) => void;
  readonly isStopped: () => boolean;
};

const WARM_UP_MS = 5_000;
const FULL_LOAD_MS = 20_000;
const SAMPLES_PER_MINUTE = 4;
const REST_WITHIN_MS = 120_000;

/**
 * Finds out how many visits a second the machine does at full load, sends half as many for so many minutes, and says
 * what grows that must not: memory, descriptors, Redis keys without an end, jobs. @returns the breaches, in words.
 */
export async function soak(system: System, { minutes, say, isStopped }: SoakOptions): Promise<string[]> {
  const load = await startLoad(system);
  const full = await rateAtFullLoad(load);
  const half = full / 2;
  load.setRate(half);
  say(`full load: ${full.toFixed(1)} visits a second; now half of it, for ${minutes} minutes`);
  const samples = await sampleFor(system, load, { minutes, say, isStopped });
  const crowd = await load.stop();
  say(
    `${load.visits} visits; answers: ${[...load.answers].map(([what, count]) => `${what}: ${count}`).join(', ')}`,
  );
  const unfinished = await comeToRest(system.resources, crowd, REST_WITHIN_MS);
  const report = await audit(system.resources);
  return [
    ...Object.entries(unfinished).map(([what, count]) => `not at rest: ${what} ${count}`),
    ...report.findings.flatMap(({ examples }) => examples),
    ...(await checkMoney(system.resources.db, crowd.eventId, await system.standIn.captures())),
    ...[...load.answers.keys()].filter((what) => / 5\d\d$| 0$/.test(what)).map((what) => `answers: ${what}`),
    ...judgeGrowth(samples),
    ...(await judgeRedis(system.resources)),
    ...(await judgeJobs(system.resources)),
  ];
}

async function rateAtFullLoad(load: Load): Promise<number> {
  load.setRate(null);
  await wait(WARM_UP_MS);
  const before = load.visits;
  await wait(FULL_LOAD_MS);
  return ((load.visits - before) * 1_000) / FULL_LOAD_MS;
}

async function sampleFor(
  system: System,
  load: Load,
  { minutes, say, isStopped }: SoakOptions,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const beganMs = performance.now();
  say(
    'minute  visits    server    seat worker  cleanup worker  descriptors  Redis MB/keys   rows: ' +
      TABLES.join(' '),
  );
  for (let nth = 1; nth <= minutes * SAMPLES_PER_MINUTE && !isStopped(); nth += 1) {
    await wait(Math.max(0, beganMs + (nth * 60_000) / SAMPLES_PER_MINUTE - performance.now()));
    const sample = await takeSample(system, nth / SAMPLES_PER_MINUTE);
    samples.push(sample);
    if (nth % SAMPLES_PER_MINUTE === 0) say(lineOf(sample, load.visits));
  }
  return samples;
}

function lineOf({ minute, memoryMb, descriptors, redisMb, redisKeys, rows }: Sample, visits: number): string {
  const files = ['server', 'seat-worker', 'cleanup-worker'].map((kind) => of(descriptors, kind)).join(' ');
  return [
    minute.toFixed(0).padStart(6),
    String(visits).padStart(7),
    `${of(memoryMb, 'server')} MB`.padStart(11),
    `${of(memoryMb, 'seat-worker')} MB`.padStart(12),
    `${of(memoryMb, 'cleanup-worker')} MB`.padStart(14),
    files.padStart(20),
    `${redisMb.toFixed(1)}/${redisKeys}`.padStart(13),
    TABLES.map((table) => rows[table]).join(' '),
  ].join('  ');
}

function of(values: Readonly<Record<string, number>>, kind: string): string {
  return Object.entries(values)
    .filter(([name]) => name.startsWith(kind))
    .map(([, value]) => value.toFixed(0))
    .join('+');
}
