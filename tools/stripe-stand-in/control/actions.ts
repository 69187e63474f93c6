import { z } from 'zod';
import { configureEndpoint } from '../api/webhook-endpoints.ts';
import { paySession } from '../checkout.ts';
import { doWhatIsDue, planWhatIsDue } from '../due.ts';
import { createMethod, requireMethod } from '../payments.ts';
import type { MethodRecord } from '../records.ts';
import { findCardByNumber } from '../test-cards.ts';
import { change, noRequest, type World } from '../world.ts';
import { NotFound, type Action } from './action.ts';

const countByType = z.strictObject({ times: z.int().min(0), type: z.string().optional() });
const webhookFaults = z.strictObject({
  delayMs: z.int().min(0).max(600_000).optional(),
  duplicates: z.int().min(0).max(20).optional(),
  reorderWindow: z.int().min(0).max(1_000).optional(),
  retryBaseMs: z.int().min(10).optional(),
  retryMaxMs: z.int().min(10).optional(),
  drop: countByType.optional(),
  secondEvent: countByType.optional(),
});

export const setWebhookFaults: Action = (world, body) => {
  const { drop, secondEvent, ...numbers } = webhookFaults.parse(body);
  const { webhooks } = world.faults;
  Object.assign(webhooks, numbers);
  if (drop !== undefined) webhooks.drop = { timesLeft: drop.times, type: drop.type ?? null };
  if (secondEvent !== undefined) {
    webhooks.secondEvent = { timesLeft: secondEvent.times, type: secondEvent.type ?? null };
  }
  return webhooks;
};

export const listWebhooks: Action = (world) => world.deliveries.list();

export const pauseWebhooks: Action = (world) => {
  world.deliveries.pause();
  return { paused: true };
};

export const flushWebhooks: Action = (world) => {
  world.deliveries.flush();
  return { paused: false };
};

export const resendEvent: Action = (world, _body, id) => {
  const event = world.store.tables.event.get(id);
  if (event === undefined) throw new NotFound(`no event ${id}`);
  world.deliveries.resend(
    event,
    [...world.store.tables.endpoint.values()].map((endpoint) => endpoint.id),
  );
  return { resent: id };
};

const faultRule = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE', '*']).default('*'),
  path: z.string().startsWith('/v1/'),
  answer: z.enum(['429', '500', 'hang', 'reset']),
  when: z.enum(['before', 'after']).default('before'),
  times: z.int().min(1).default(1),
});

export const addFault: Action = (world, body) => {
  const { times, ...rule } = faultRule.parse(body);
  world.faults.rules.push({ ...rule, timesLeft: times });
  return { rules: world.faults.rules };
};

export const listFaults: Action = (world) => ({ rules: world.faults.rules });

export const clearFaults: Action = (world) => {
  world.faults.rules = [];
  return { rules: [] };
};

const apiSettings = z.strictObject({
  latencyMs: z.int().min(0).max(600_000).optional(),
  endpointRatePerSecond: z.int().min(1).nullable().optional(),
  settleMs: z.int().min(0).optional(),
});

export const setApi: Action = (world, body) => {
  Object.assign(world.faults, apiSettings.parse(body));
  const { latencyMs, endpointRatePerSecond, settleMs } = world.faults;
  return { latencyMs, endpointRatePerSecond, settleMs };
};

const payment = z.strictObject({
  card: z.string().default('4242424242424242'),
  email: z.string().default('buyer@example.com'),
  name: z.string().default('Test Buyer'),
  waitForWebhook: z.boolean().default(false),
});
const webhookWaitMs = 10_000;

/** Presses "pay" without a browser; an authentication step counts as done. */
export const pay: Action = async (world, body, id) => {
  const wanted = payment.parse(body);
  await doWhatIsDue(world);
  if (world.store.tables.session.get(id) === undefined) throw new NotFound(`no session ${id}`);
  const checkout = await change(world, () =>
    paySession(world, noRequest, id, methodFor(world, wanted), true),
  );
  const { result, session } = checkout;
  const told = {
    result,
    status: session.status,
    paymentStatus: session.paymentStatus,
    paymentIntent: session.intentId,
  };
  if (checkout.result === 'declined') return { ...told, decline: checkout.failure };
  if (checkout.result !== 'complete') return told;
  const acknowledged =
    wanted.waitForWebhook && (await world.deliveries.acknowledged(checkout.event.id, webhookWaitMs));
  return { ...told, eventId: checkout.event.id, acknowledged };
};

function methodFor(world: World, wanted: z.infer<typeof payment>): MethodRecord {
  const card = findCardByNumber(wanted.card);
  if (card === undefined) return requireMethod(world, wanted.card);
  const billing = { email: wanted.email, name: wanted.name, country: 'US', postalCode: '94103' };
  return createMethod(world, card, billing);
}

export const showClock: Action = ({ clock }) => ({
  now: new Date(clock.nowMs()).toISOString(),
  offsetMs: clock.offsetMs,
});

const advance = z.strictObject({
  advanceSeconds: z
    .number()
    .min(0)
    .max(40 * 86_400),
});

export const advanceClock: Action = async (world, body) => {
  const { advanceSeconds } = advance.parse(body);
  const offsetMs = world.clock.offsetMs + Math.round(advanceSeconds * 1000);
  world.clock.setOffset(offsetMs);
  world.store.setClockOffset(offsetMs);
  await doWhatIsDue(world);
  return showClock(world, {}, '');
};

/** What was taken and given back, in all and for each payment: to be compared with the shop's books. */
export const tally: Action = (world) => {
  const intents = [];
  const totals = { captured: 0, refunded: 0 };
  for (const charge of world.store.tables.charge.values()) {
    if (charge.status !== 'succeeded') continue;
    const intent = world.store.tables.intent.get(charge.intentId);
    totals.captured += charge.amount;
    totals.refunded += charge.amountRefunded;
    intents.push({
      paymentIntent: charge.intentId,
      session: intent?.sessionId ?? null,
      captured: charge.amount,
      refunded: charge.amountRefunded,
      currency: charge.currency,
      metadata: charge.metadata,
    });
  }
  return { ...totals, intents };
};

/** Forgets everything but the endpoint it was started with; time is real again. */
export const reset: Action = async (world) => {
  await world.store.reset();
  world.faults.reset();
  world.deliveries.forgetAll();
  world.clock.setOffset(0);
  planWhatIsDue(world);
  await change(world, () => configureEndpoint(world, world.webhook));
  return { reset: true };
};
