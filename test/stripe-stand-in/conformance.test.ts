import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { apiVersion } from '../../tools/stripe-stand-in/shapes/render.ts';
import { paidSession, seatSession, setUp, type Setup } from './support.ts';

let setup: Setup;
let folder: string;
beforeAll(async () => {
  setup = await setUp();
  // Within the project, so that the module finds the `stripe` package, and where git doesn't look.
  const ignored = join(import.meta.dirname, '../../.holdfast');
  await mkdir(ignored, { recursive: true });
  folder = await mkdtemp(join(ignored, 'conformance-'));
});
afterAll(async () => {
  await setup.stop();
  await rm(folder, { recursive: true, force: true });
});

const compileWithinMs = 60_000;

it(
  'every body it sends has the fields and types that the pinned stripe package declares',
  async () => {
    const module = await captureBodies();
    const path = join(folder, 'bodies.ts');
    await writeFile(path, module);
    const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
    const options =
      '--noEmit --strict --skipLibCheck --ignoreConfig --exactOptionalPropertyTypes ' +
      '--target es2024 --module nodenext --types node';
    const compiled = await promisify(execFile)(tsc, [...options.split(' '), path]).catch((error: unknown) =>
      z.object({ stdout: z.string() }).parse(error),
    );
    expect(compiled.stdout).toBe('');
  },
  compileWithinMs,
);

it('is of the API version that the stripe package asks for', async () => {
  const session = await setup.stripe.checkout.sessions.create(seatSession());
  expect(session.lastResponse.apiVersion).toBe(apiVersion);
  const types = await readFile(
    join(import.meta.dirname, '../../node_modules/stripe/esm/apiVersion.js'),
    'utf8',
  );
  expect(types).toContain(apiVersion);
});

/** A module of constants: what came over the wire, typed as the `stripe` package says it is. */
async function captureBodies(): Promise<string> {
  const { stripe } = setup;
  const open = await stripe.checkout.sessions.create(seatSession({ customer_email: 'a@example.com' }));
  const declined = await stripe.checkout.sessions.create(seatSession());
  await setup.control(`sessions/${declined.id}/pay`, { card: '4000000000000002' });
  const { session, intentId } = await paidSession(setup);
  const pending = await paidSession(setup, '4000000000007726');
  const disputed = await paidSession(setup, '4000000000000259');
  const refund = await stripe.refunds.create({ payment_intent: intentId, amount: 100 });
  await stripe.refunds.create({ payment_intent: pending.intentId });
  const price = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 100,
    product_data: { name: 'Seat' },
  });
  await stripe.customers.create({ email: 'a@example.com' });
  await setup.control('clock', { advanceSeconds: 10 });
  const [dispute] = (await stripe.disputes.list({ payment_intent: disputed.intentId })).data;
  const bodies: [type: string, path: string][] = [
    ['Checkout.Session', `checkout/sessions/${open.id}`],
    ['Checkout.Session', `checkout/sessions/${session.id}`],
    [
      'Checkout.Session',
      `checkout/sessions/${session.id}?expand[]=line_items&expand[]=payment_intent.latest_charge`,
    ],
    ['Checkout.Session', `checkout/sessions/${declined.id}?expand[]=payment_intent`],
    ['ApiList<Stripe.Checkout.Session>', 'checkout/sessions?limit=3'],
    ['ApiList<Stripe.LineItem>', `checkout/sessions/${session.id}/line_items`],
    ['PaymentIntent', `payment_intents/${intentId}?expand[]=payment_method`],
    ['ApiList<Stripe.PaymentIntent>', 'payment_intents'],
    ['ApiList<Stripe.Charge>', 'charges?expand[]=data.refunds'],
    ['Refund', `refunds/${refund.id}?expand[]=charge`],
    ['ApiList<Stripe.Refund>', `refunds?payment_intent=${pending.intentId}`],
    ['Dispute', `disputes/${dispute?.id}`],
    ['Product', `products/${z.string().parse(price.product)}`],
    ['Price', `prices/${price.id}`],
    ['ApiList<Stripe.Customer>', 'customers'],
    ['ApiList<Stripe.WebhookEndpoint>', 'webhook_endpoints'],
    ['ApiList<Stripe.Event>', 'events?limit=100'],
  ];
  const lines = ["import { Stripe } from 'stripe';", 'const { Decimal } = Stripe;'];
  for (const [index, [type, path]] of bodies.entries()) {
    const answer = await fetch(`${setup.url()}/v1/${path}`, {
      headers: { authorization: 'Bearer sk_test_1' },
    });
    const text = await answer.text();
    expect([path, answer.status]).toEqual([path, 200]);
    // The package makes objects of these when it reads them.
    const typed = text.replace(
      /"unit_amount_decimal":\s?("\d+")/g,
      '"unit_amount_decimal": Decimal.from($1)',
    );
    lines.push(`export const body${index}: Stripe.${type} = ${typed};`);
  }
  return lines.join('\n');
}
