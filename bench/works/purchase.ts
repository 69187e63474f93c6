import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { LoadReport } from '../load/tasks.ts';
import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvents } from '../system/events.ts';
import type { Stack } from '../system/stack.ts';
import {
  type Context,
  type Measured,
  type Work,
  detailOf,
  greet,
  measure,
  ownCpuMicros,
  round,
  warmUpMs,
} from './work.ts';

const BUYERS = 10_000;
const BUYERS_AT_ONCE = 200;
const STRIPE_LATENCY_MS = 100;
const PURCHASES_PER_SECOND_MAX = 1_000;
/** Stripe's limit of session creations a second (docs.stripe.com/rate-limits). */
const STRIPE_SESSIONS_PER_SECOND = 100;
/** What a hold does 4,000 times a second a purchase does 400 times: V8 needs so long until it knows what to compile. */
const WARM_UP_MS = 20_000;
const COUNTED_AFTER_MS = 2_000;
const BOOKED_WITHIN_MS = 60_000;

/**
 * Hold, checkout, paid at the stand-in, told by its webhook, booked. The stand-in and the load generator use the same
 * cores, and are not what a purchase costs at Stripe's: so the main figure is what the machine could do with the
 * processor time that Holdfast's own processes and stores take for a purchase; what came out in all is told beside it.
 */
export const purchase: Work = {
  name: 'purchase',
  says: "whole purchases against the stand-in, by the service's own work; against Stripe's limit of sessions",
  stack: () => ({ withStandIn: true, env: { STRIPE_REQUESTS_PER_SECOND: '100000' } }),
  async run(context) {
    const { stack, seconds } = context;
    const standInPort = Number(new URL(stack.resources.config.stripe.apiBase ?? '').port);
    await setLatency(standInPort, STRIPE_LATENCY_MS);
    const count = Math.ceil(((seconds + WARM_UP_MS / 1000) * PURCHASES_PER_SECOND_MAX) / BUYERS) + 1;
    const events = await makeEvents(stack.resources, count, BUYERS);
    const buyers = makeBuyers(stack.resources, BUYERS);
    await greet(context, events[0] ?? '', buyers);
    const run = openShop(context, standInPort, events, buyers);
    await run(context.small ? warmUpMs(context) : WARM_UP_MS);
    context.windows.length = 0;
    const measured = await run(seconds * 1000);
    const cores = availableParallelism();
    const own = (cores * 1e6) / ownCpuMicros(measured.cpuMicrosPerAnswer);
    return [
      makeRow({
        work: 'purchase',
        value: own,
        unit: 'purchases/s',
        baseline: STRIPE_SESSIONS_PER_SECOND,
        target: { of: 'value', min: 500 },
        detail: {
          ...detailOf(measured),
          ownCpuMicrosPerPurchase: round(ownCpuMicros(measured.cpuMicrosPerAnswer)),
          cores,
        },
      }),
      makeRow({
        work: 'purchase, stand-in and generator on the same cores',
        value: measured.perSecond,
        unit: 'purchases/s',
        baseline: STRIPE_SESSIONS_PER_SECOND,
        detail: { buyersAtOnce: BUYERS_AT_ONCE, stripeLatencyMs: STRIPE_LATENCY_MS },
      }),
    ];
  },
};

/** Each call sends buyers for so long, and counts what is booked two seconds after the last has paid. */
function openShop(
  context: Context,
  standInPort: number,
  events: string[],
  buyers: string[],
): (durationMs: number) => Promise<Measured> {
  const { stack, generator } = context;
  const port = stack.servers[0]?.port ?? 0;
  let from = 0;
  return async (durationMs) => {
    const bookedBefore = await countBooked(stack);
    const task = {
      kind: 'purchases' as const,
      port,
      standInPort,
      connections: BUYERS_AT_ONCE,
      durationMs,
      events,
      buyers,
      from,
    };
    const countLater = async () => {
      await wait(COUNTED_AFTER_MS);
      return (await countBooked(stack)) - bookedBefore;
    };
    const measured = await measure(context, 'purchase', () => generator.run(task, LoadReport), {
      settle: countLater,
    });
    const paid = measured.counts['purchase'] ?? 0;
    from += paid + measured.wrong;
    const booked = await untilBooked(stack, bookedBefore + paid);
    if (booked !== bookedBefore + paid)
      context.fault(`purchase: ${paid} were paid, ${booked - bookedBefore} are booked`);
    return measured;
  };
}

async function setLatency(standInPort: number, latencyMs: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${standInPort}/_control/api`, {
    method: 'POST',
    body: JSON.stringify({ latencyMs }),
  });
  if (!answer.ok) throw new Error(`The stand-in answered ${answer.status}.`);
  await answer.body?.cancel();
}

async function untilBooked(stack: Stack, count: number): Promise<number> {
  const deadlineMs = performance.now() + BOOKED_WITHIN_MS;
  for (;;) {
    const booked = await countBooked(stack);
    if (booked >= count || performance.now() > deadlineMs) return booked;
    await wait(200);
  }
}

async function countBooked({ resources }: Stack): Promise<number> {
  const { rows } = await sql<{
    booked: number;
  }>`SELECT COUNT(*) AS booked FROM bookings WHERE status = 'confirmed'`.execute(resources.db);
  return Number(rows[0]?.booked);
}
