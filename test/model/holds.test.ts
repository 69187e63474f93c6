import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { audit, waitForRest } from '../../src/reconciliation/audit.ts';
import { runCleanup } from '../../workers/cleanup-worker.ts';
import { dropWebhooks, mendStripe, moneyOf } from '../support/checkout.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { seatsAgree } from './checks.ts';
import { anyCommands, tidyUp } from './commands.ts';
import { BUYER_COUNT, type Model, type Real, SEATS_PER_BUYER_MAX, SEAT_COUNT, newModel } from './model.ts';

/** 60 runs take about half a minute. `MODEL_RUNS=500` for a long run; `MODEL_SEED` (and `MODEL_PATH`, which a failure prints) to repeat one. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 60);
const SEED = Number(process.env['MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const PATH = process.env['MODEL_PATH'];
const COMMANDS_MAX = 40;
const PRICE = 2500;
const TEST_WITHIN_MS = 120_000 + RUNS * 20_000;
const REST_WITHIN_MS = 30_000;

const holdfast = useHoldfast({
  // Time passes only when a command says so.
  env: { HOLD_TTL_SECONDS: '3600', HOLD_MAX_SECONDS: '7200', CHECKOUT_WINDOW_SECONDS: '1800' },
});

test(
  'holds, payments and cleanups in any order / against a model / the same seats and owners after every step, all money accounted for',
  async () => {
    await dropWebhooks(holdfast.current, 1_000_000);
    await fc.assert(
      fc.asyncProperty(anyCommands(COMMANDS_MAX), async (commands) => {
        const model = newModel();
        const real = await openReal();
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await endWell(model, real);
      }),
      {
        seed: SEED,
        numRuns: RUNS,
        ...(PATH === undefined ? {} : { path: PATH }),
        verbose: fc.VerbosityLevel.Verbose,
      },
    );
    await mendStripe(holdfast.current);
    await runCleanup(holdfast.current.server.resources);
    expect(await waitForRest(holdfast.current.server.resources, REST_WITHIN_MS)).toEqual({});
    const { findings } = await audit(holdfast.current.server.resources);
    expect(findings.flatMap(({ examples }) => examples)).toEqual([]);
  },
  TEST_WITHIN_MS,
);

async function openReal(): Promise<Real> {
  const { eventId } = await createTestEvent(holdfast.current, {
    rows: 1,
    seatsPerRow: SEAT_COUNT,
    price: PRICE,
    details: { seatsPerBuyerMax: SEATS_PER_BUYER_MAX },
  });
  const buyers = await Promise.all(Array.from({ length: BUYER_COUNT }, () => guest(holdfast.current)));
  return { holdfast: holdfast.current, eventId, buyers };
}

/** After a cleanup the public picture agrees too, and every cent taken is a booking or has been given back. */
async function endWell(model: Model, real: Real): Promise<void> {
  await tidyUp(model, real);
  await seatsAgree(model, real);
  const letters = { available: 'a', locked: 'l', booked: 'b' };
  await eventually(async () => {
    const { body } = await real.buyers[0]!.request('GET', `/api/events/${real.eventId}/seats`);
    expect(body.seats).toBe(model.seats.map(({ status }) => letters[status]).join(''));
  });
  for (const payment of model.payments) {
    if (payment.outcome === null) continue;
    const booked =
      payment.outcome === 'booked' ? model.seats.filter((seat) => isOf(seat, payment)).length : 0;
    await eventually(async () => {
      const { captured, refunded } = await moneyOf(holdfast.current, payment.sessionId);
      expect({ captured, kept: captured - refunded }).toEqual({
        captured: payment.seatIds.length * PRICE,
        kept: booked * PRICE,
      });
    });
  }
}

/** A hold's seats are booked by one of its payments. */
function isOf(seat: Model['seats'][number], payment: Model['payments'][number]): boolean {
  return seat.status === 'booked' && seat.hold === payment.hold;
}
