import { setTimeout as wait } from 'node:timers/promises';
import { checkRun } from './checks/check-run.ts';
import { shop } from './crowd/buyer.ts';
import type { Crowd } from './crowd/crowd.ts';
import { gatherCrowd } from './crowd/gather.ts';
import type { Fault } from './faults/fault.ts';
import { type Schedule, drawSchedule } from './faults/schedule.ts';
import type { Entry } from './ledger.ts';
import { comeToRest } from './rest.ts';
import type { System } from './system/system.ts';

export type RunResult = {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** What is not as it must be, in words; empty when all is well. */
  readonly breaches: readonly string[];
  readonly entries: readonly Entry[];
  readonly eventId: string;
  readonly rushMs: number;
  readonly restMs: number;
};

export type RunOptions = {
  readonly seed: number;
  readonly buyers?: number;
  readonly seats?: number;
  readonly say?: (line: string) => void;
};

const BUYERS = 24;
const SEATS = 16;
const OPEN_FOR_MS = 4_500;
const HOME_AFTER_MS = 14_000;
const REST_WITHIN_MS = 90_000;

/** A rush in which what the seed has drawn goes wrong; then the system comes to rest, and everything is accounted for. */
export async function runOnce(system: System, options: RunOptions): Promise<RunResult> {
  const { seed, buyers: count = BUYERS, seats = SEATS, say = () => {} } = options;
  const schedule = drawSchedule(seed);
  for (const fault of schedule.faults) say(`  ${String(fault.atMs).padStart(5)} ms  ${fault.says}`);
  const { crowd, buyers } = await gatherCrowd(system, {
    buyers: count,
    seats,
    openForMs: OPEN_FOR_MS,
    homeAfterMs: HOME_AFTER_MS,
    seed,
  });
  const beganMs = performance.now();
  const failures = await Promise.all([
    ...buyers.map((buyer) => shop(crowd, buyer).then(() => [])),
    ...schedule.faults.map((fault) => strike(system, fault)),
  ]);
  const rushMs = performance.now() - beganMs;
  const breaches = [...failures.flat(), ...(await settle(system, crowd, schedule))];
  await restoreClocks(system, schedule);
  return {
    seed,
    faults: schedule.faults,
    breaches,
    entries: crowd.ledger.entries,
    eventId: crowd.eventId,
    rushMs,
    restMs: performance.now() - beganMs - rushMs,
  };
}

/** A fault that could not be brought about is a fault of the drill, and told like a breach. */
async function strike(system: System, fault: Fault): Promise<string[]> {
  await wait(fault.atMs);
  try {
    await fault.strike(system);
    return [];
  } catch (error) {
    return [`the drill could not do "${fault.says}": ${String(error)}`];
  }
}

async function settle(system: System, crowd: Crowd, { losesRedis }: Schedule): Promise<string[]> {
  await system.standIn.mend();
  const unfinished = await comeToRest(system.resources, crowd, REST_WITHIN_MS);
  const restless = Object.entries(unfinished).map(
    ([what, howMany]) => `not at rest after 90 s: ${what} ${howMany}`,
  );
  const deaths = system.units.flatMap((unit) => [
    ...unit.ownDeaths,
    ...(unit.isRunning() ? [] : [`${unit.name} does not run`]),
  ]);
  return [...restless, ...deaths, ...(await checkRun(system, crowd, { hasLostRedis: losesRedis }))];
}

/** A clock stays wrong until the run has been checked: the system must come to rest with it. */
async function restoreClocks(system: System, { faults }: Schedule): Promise<void> {
  if (!faults.some(({ kind }) => kind === 'clock wrong')) return;
  for (const unit of system.units) {
    await unit.stop();
    await unit.start();
  }
}
