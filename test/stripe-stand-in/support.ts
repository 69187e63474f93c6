import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stripe } from 'stripe';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { startStandIn, type StandIn } from '../../tools/stripe-stand-in/start-stand-in.ts';

export const webhookSecret = 'whsec_test_of_the_stand_in';

/** A stand-in of the test's own with the real client for it and, if wished, a shop that takes its webhooks. */
export interface Setup {
  readonly stripe: Stripe;
  readonly shop: Shop;
  readonly dataDir: string;
  readonly url: () => string;
  readonly port: () => number;
  control(path: string, body?: unknown, method?: string): Promise<unknown>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function setUp(options: { retries?: number; clock?: () => number } = {}): Promise<Setup> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stripe-stand-in-'));
  const shop = await openShop();
  const start = (port: number): Promise<StandIn> =>
    startStandIn({
      port,
      dataDir,
      webhook: { url: shop.url, secret: webhookSecret, events: ['*'] },
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
  let standIn = await start(0);
  const stripe = clientOf(standIn.port, options.retries ?? 0);
  return {
    stripe,
    shop,
    dataDir,
    url: () => standIn.url,
    port: () => standIn.port,
    async control(path, body = {}, method = 'POST') {
      const answer = await fetch(`${standIn.url}/_control/${path}`, {
        method,
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      });
      const told: unknown = await answer.json();
      if (!answer.ok) throw new Error(`control ${path}: ${answer.status} ${JSON.stringify(told)}`);
      return told;
    },
    async restart() {
      const { port } = standIn;
      await standIn.stop();
      standIn = await start(port);
    },
    async stop() {
      await standIn.stop();
      await shop.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function clientOf(port: number, maxNetworkRetries = 0, key = 'sk_test_of_the_stand_in'): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries,
    timeout: 10_000,
  });
}

const eventSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({ object: z.looseObject({ id: z.string() }) }),
});

interface Received {
  readonly event: z.infer<typeof eventSchema>;
  readonly body: string;
  readonly signature: string;
}

/** The receiving end of webhooks: keeps what comes, answers 200 unless told otherwise. */
interface Shop {
  readonly url: string;
  readonly received: Received[];
  /** Statuses for the next webhooks; then 200 again. */
  answerNext(...statuses: number[]): void;
  types(): string[];
  next(type: string, count?: number): Promise<Received>;
  close(): Promise<void>;
}

async function openShop(): Promise<Shop> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const signature = String(req.headers['stripe-signature']);
      received.push({ event: eventSchema.parse(JSON.parse(body)), body, signature });
      res.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    received,
    answerNext: (...next) => void statuses.push(...next),
    types: () => received.map(({ event }) => event.type),
    async next(type, count = 1) {
      const found = await becomes(() => received.filter(({ event }) => event.type === type)[count - 1]);
      return found;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits until the answer is there, that is neither undefined nor false. */
export function becomes<T>(ask: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  return eventually(async () => {
    const answer = await ask();
    if (answer === undefined || answer === false) throw new Error('it did not happen in time');
    return answer;
  });
}

export function seatSession(
  overrides: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    success_url: 'http://shop.example/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.example/back',
    client_reference_id: 'hold-1',
    metadata: { hold: '1' },
    payment_intent_data: { metadata: { hold: '1' } },
    line_items: [
      {
        quantity: 2,
        price_data: { currency: 'eur', unit_amount: 1_500, product_data: { name: 'Row A & <B>' } },
      },
    ],
    ...overrides,
  };
}

/** A session paid with the card, and its payment intent. */
export async function paidSession(
  setup: Setup,
  card = '4242424242424242',
): Promise<{ session: Stripe.Checkout.Session; intentId: string }> {
  const { id } = await setup.stripe.checkout.sessions.create(seatSession());
  await setup.control(`sessions/${id}/pay`, { card });
  const session = await setup.stripe.checkout.sessions.retrieve(id);
  return { session, intentId: idOf(session.payment_intent) };
}

/** The id in a field that holds it, or holds the object when expanded. */
export function idOf(field: string | { id: string } | null): string {
  if (field === null) throw new Error('the field is null');
  return typeof field === 'string' ? field : field.id;
}

/** The id of the object that an event is about. */
export function subjectIdOf(event: { readonly data: { readonly object: unknown } }): string {
  return z.looseObject({ id: z.string() }).parse(event.data.object).id;
}

/** What a promise rejects with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('it was expected to fail');
}

export function inSeconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}
