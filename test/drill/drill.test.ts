import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { runOnce } from '../../tools/drill/run-once.ts';
import { type Stores, startStores } from '../../tools/drill/system/stores.ts';
import { type System, startSystem } from '../../tools/drill/system/system.ts';

/** The short form of `npm run drill`; between them they break processes, Redis, MariaDB and the way to Stripe. */
const SEEDS = [109, 122, 141, 148] as const;
const TEST_WITHIN_MS = 200_000;

let stores: Stores;
let system: System;

beforeAll(async () => {
  const folder = await mkdtemp(join(inject('runFolder'), 'drill-'));
  stores = await startStores(folder);
  system = await startSystem(stores, { folder: join(folder, 'system') });
}, TEST_WITHIN_MS);

afterAll(async () => {
  await system.stop();
  await stores.stop();
}, TEST_WITHIN_MS);

it.each(SEEDS)(
  'a rush in which the faults of seed %i strike / every answer, seat and payment is accounted for',
  { timeout: TEST_WITHIN_MS },
  async (seed) => {
    const result = await runOnce(system, { seed });
    expect(
      result.entries.filter(({ call, status }) => call === 'hold' && status === 201).length,
    ).toBeGreaterThan(5);
    expect(result.breaches).toEqual([]);
  },
);
