import { expect, it } from 'vitest';
import { loadConfig } from '../../src/platform/config.ts';
import { audit, waitForRest } from '../../src/reconciliation/audit.ts';
import { startSeatWorker } from '../../workers/seat-worker.ts';
import { createSale } from '../../tools/rush/create-sale.ts';
import { runRush } from '../../tools/rush/run-rush.ts';
import { type Holdfast, useHoldfast } from '../support/harness.ts';
import { startWorkerProcess } from './worker-process.ts';

/** Short enough for a test: what is healed within one interval is healed within 2 s. */
const ENV = { CLEANUP_INTERVAL_SECONDS: '2', DATABASE_POOL_MAX: '10' };
const BUYERS = 80;
const SEATS = 12;
/** They take five seconds each on an idle machine. */
const WITHIN_MS = 60_000;
const TEST_WITHIN_MS = 100_000;

const holdfast = useHoldfast({ cleanupWorker: true, env: ENV });

/** Sends the crowd, strikes when a third of the seats has been promised, and has everything accounted for. */
async function rush({ server, url, standIn }: Holdfast, strike: () => Promise<unknown>): Promise<void> {
  const { resources } = server;
  const eventId = await createSale(resources, url, SEATS);
  let striking: Promise<unknown> | undefined;
  const result = await runRush({
    url,
    eventId,
    seatCount: SEATS,
    buyers: BUYERS,
    standInUrl: standIn.url,
    pay: 1,
    seed: 7,
    withinMs: WITHIN_MS,
    onHeld(held) {
      if (held === Math.ceil(SEATS / 3)) striking = strike();
    },
  });
  await striking;
  expect(result.faults).toEqual([]);
  expect(result.ends).toMatchObject({ sold: SEATS, 'told-no': BUYERS - SEATS });
  expect(await waitForRest(resources, 10_000)).toEqual({});
  expect((await audit(resources)).findings.flatMap((found) => found.examples)).toEqual([]);
}

it(
  'rush / nothing happens / every seat is sold once and every other buyer is told no',
  { timeout: TEST_WITHIN_MS },
  async () => {
    await rush(holdfast.current, async () => {});
  },
);

it(
  'rush / a seat worker is killed with SIGKILL and started again in the middle / likewise',
  { timeout: TEST_WITHIN_MS },
  async () => {
    await holdfast.current.seatWorker?.stop();
    const worker = await startWorkerProcess(holdfast.current, 'seat-worker');
    await rush(holdfast.current, async () => {
      await worker.kill();
      holdfast.current.seatWorker = await startSeatWorker(loadConfig(holdfast.current.env));
    });
  },
);

it(
  'rush / FLUSHALL in the middle / likewise: nothing is sold twice and nobody waits for ever',
  { timeout: TEST_WITHIN_MS },
  async () => {
    await rush(holdfast.current, async () => await holdfast.current.server.resources.redis.flushall());
  },
);

it(
  'rush / Redis is killed and comes back empty in the middle / likewise',
  { timeout: TEST_WITHIN_MS },
  async () => {
    await rush(holdfast.current, async () => {
      await holdfast.current.redis.kill();
      await holdfast.current.redis.restart();
    });
  },
);
