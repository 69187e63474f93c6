import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from '../../../src/platform/crash-point.ts';
import { checkRun } from '../../../tools/drill/checks/check-run.ts';
import { gatherCrowd } from '../../../tools/drill/crowd/gather.ts';
import { comeToRest } from '../../../tools/drill/rest.ts';
import { type Stores, startStores } from '../../../tools/drill/system/stores.ts';
import { type System, startSystem } from '../../../tools/drill/system/system.ts';
import type { UnitKind } from '../../../tools/drill/system/unit.ts';
import { CASES } from './cases.ts';
import { SCENARIOS } from './scenarios.ts';

/** Times long enough for a flow on a busy machine, short enough to wait for its end; and turns that let several come together. */
const ENV = {
  HOLD_TTL_SECONDS: '4',
  HOLD_MAX_SECONDS: '20',
  CHECKOUT_WINDOW_SECONDS: '8',
  RECOVERY_SECONDS: '2',
  STRIPE_REQUESTS_PER_SECOND: '500',
};
const SEATS = 8;
const BUYERS = 8;
const REACHED_WITHIN_MS = 20_000;
const REST_WITHIN_MS = 60_000;
const TEST_WITHIN_MS = 150_000;

/** For each point at which a process of these kinds may die: kills it there, starts it again, and looks at what became of it. */
export function testKillsIn(kinds: readonly UnitKind[]): void {
  let stores: Stores;
  let system: System;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(inject('runFolder'), 'kill-'));
    stores = await startStores(folder);
    system = await startSystem(stores, {
      folder: join(folder, 'system'),
      each: 1,
      env: ENV,
      startedWith: (name) => ({
        env: { CRASH_ORDER_FILE: orderFile(folder, name) },
        nodeArgs: ['--import', './test/faults/kill/crash-at.ts'],
      }),
    });
  }, TEST_WITHIN_MS);

  afterAll(async () => {
    await system.stop();
    await stores.stop();
  }, TEST_WITHIN_MS);

  it.for(CRASH_POINTS.filter((point) => kinds.includes(CASES[point].kind)))(
    'killed at %s / started again / nothing is lost, sold twice or stuck',
    { timeout: TEST_WITHIN_MS },
    async (point, { annotate }) => {
      const { wrong, restedAfterMs } = await killAt(system, point, (name) => orderFile(folder, name));
      await annotate(`at rest ${(restedAfterMs / 1000).toFixed(1)} s after it was killed`);
      expect(wrong).toEqual([]);
    },
  );
}

function orderFile(folder: string, name: string): string {
  return join(folder, `order-${name.replace(' ', '-')}`);
}

/** Everything that is not as it must be, in words; and how long after the kill nothing was left to be done. */
async function killAt(
  system: System,
  point: CrashPoint,
  orderFileOf: (name: string) => string,
): Promise<{ wrong: string[]; restedAfterMs: number }> {
  const { kind, scenario } = CASES[point];
  const [unit] = system.unitsOf(kind);
  if (unit === undefined) throw new Error(`There is no ${kind}.`);
  const { crowd, buyers } = await gatherCrowd(system, {
    buyers: BUYERS,
    seats: SEATS,
    openForMs: REST_WITHIN_MS,
    homeAfterMs: REST_WITHIN_MS,
    seed: 1,
  });
  const [buyer, other] = buyers;
  if (buyer === undefined || other === undefined) throw new Error('Nobody came.');
  await writeFile(orderFileOf(unit.name), point);
  const died = inTime(unit.ended(), `No ${kind} ever came to ${point}`);
  const killedMs = died.then(() => performance.now());
  const restarted = died.then(() => unit.start());
  await Promise.all([
    killedMs,
    SCENARIOS[scenario]({ system, crowd, buyer, other, buyers, died }),
    restarted,
  ]);
  const unfinished = await comeToRest(system.resources, crowd, REST_WITHIN_MS);
  const restedAfterMs = performance.now() - (await killedMs);
  const wrong = [
    ...Object.keys(unfinished).map((what) => `not at rest: ${what}`),
    ...(await checkRun(system, crowd, { hasLostRedis: scenario === 'Redis forgets' })),
  ];
  return { wrong, restedAfterMs };
}

async function inTime(work: Promise<void>, otherwise: string): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(otherwise)), REACHED_WITHIN_MS);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
