import type { Page } from 'playwright-core';
import { afterEach, test, vi } from 'vitest';
import { endOverdueCheckouts } from '../../src/checkout/chase-payments.ts';
import { completeCheckout } from '../../src/checkout/complete-checkout.ts';
import { settleCheckout } from '../../src/checkout/settle-checkout.ts';
import { closeUnpaid } from '../../src/payments/close-unpaid.ts';
import { findPayment } from '../../src/payments/payment-store.ts';
import { fromBytes, toBytes } from '../../src/platform/id.ts';
import {
  breakStripe,
  dropWebhooks,
  hold,
  letTimePass,
  mendStripe,
  pay,
  sessionIdIn,
} from '../support/checkout.ts';
import { guest } from '../support/client.ts';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  clickSeat,
  createSmallEvent,
  expectAccessible,
  openEvent,
  payOnStripe,
  useBrowser,
} from './buyer-page.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
// Stripe is away for a while, and the server says so.
const browser = useBrowser({ expected: /^Failed to load resource/ });
afterEach(() => mendStripe(holdfast.current));
const resources = () => holdfast.current.server.resources;

/** A buyer in the browser, on Stripe's page with seat A1. */
async function atStripe(details: Record<string, unknown> = {}) {
  const { eventId } = await createSmallEvent(holdfast.current, details);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  await clickSeat(page, holdfast.current, eventId, 1);
  const begun = page.waitForRequest(/\/checkout$/);
  await page.getByRole('button', { name: 'Pay €25.00' }).last().click();
  await page.waitForURL(/\/c\/pay\//);
  const holdId = (await begun).url().split('/').at(-2) ?? '';
  const { payment_id } = await resources()
    .db.selectFrom('payments')
    .select('payment_id')
    .where('hold_id', '=', toBytes(holdId))
    .executeTakeFirstOrThrow();
  return { page, eventId, paymentId: fromBytes(payment_id), holdId, sessionId: sessionIdIn(page.url()) };
}

async function openResult(page: Page, at: { eventId: string; paymentId: string }): Promise<void> {
  await page.goto(`${holdfast.current.url}/events/${at.eventId}/payments/${at.paymentId}`);
}

test('paid / Stripe and its webhook are late / the page says that it is being confirmed, then shows the seats', async () => {
  const at = await atStripe();
  await dropWebhooks(holdfast.current);
  await pay(holdfast.current, at.sessionId);
  await breakStripe(holdfast.current, { path: '/v1/*', answer: '500', times: 1_000 });
  await at.page.goto(`${holdfast.current.url}/events/${at.eventId}/payments/${at.paymentId}?from=stripe`);
  await at.page.getByRole('heading', { name: 'Confirming your payment' }).waitFor();
  await expectAccessible(at.page);
  await mendStripe(holdfast.current);
  await at.page.getByRole('heading', { name: 'You’re in' }).waitFor();
  await at.page.getByText('Stalls, Row A, seat 1').waitFor();
});

test('not paid / the time is over / the page says that nothing was charged', async () => {
  const at = await atStripe();
  await letTimePass(holdfast.current, at.holdId);
  await endOverdueCheckouts(resources());
  await openResult(at.page, at);
  await at.page.getByRole('heading', { name: 'The time to pay is over' }).waitFor();
  await at.page.getByText('Nothing was charged').waitFor();
  await expectAccessible(at.page);
  await at.page.getByRole('link', { name: 'Choose seats again' }).click();
  await at.page.locator('.map-canvas').waitFor();
});

test('paid too late / another has the seat / the page says that the money goes back, and when it has gone', async () => {
  const at = await atStripe();
  await letTimePass(holdfast.current, at.holdId);
  // We gave up on the session, and Stripe did not know.
  await closeUnpaid(resources(), { paymentId: at.paymentId, sessionId: at.sessionId, to: 'expired' });
  const given = await findPayment(resources().db, at.paymentId);
  if (given !== null) await completeCheckout(resources(), given);
  await dropWebhooks(holdfast.current);
  await pay(holdfast.current, at.sessionId);
  await hold(await guest(holdfast.current), { eventId: at.eventId, seatIds: [1] });
  await settleCheckout(resources(), at.paymentId);
  await openResult(at.page, at);
  await at.page.getByRole('heading', { name: 'Your money is on its way back' }).waitFor();
  await at.page.getByText('someone else').waitFor();
  await expectAccessible(at.page);
});

test('my bookings / one is cancelled / says what goes back, and then that it has', async () => {
  const at = await atStripe({ refundableUntil: new Date(Date.now() + DAY_MS).toISOString() });
  await payOnStripe(at.page);
  await at.page.getByRole('heading', { name: 'You’re in' }).waitFor();
  await at.page.goto(`${holdfast.current.url}/bookings`);
  await at.page.getByRole('button', { name: /^Cancel Stalls, Row A, seat 1/ }).click();
  await at.page.getByText('you get €25.00 back').waitFor();
  await expectAccessible(at.page);
  await at.page.getByRole('button', { name: 'Cancel booking' }).click();
  await at.page.getByText('Cancelled', { exact: true }).waitFor();
  await at.page.getByText('€25.00 refunded').waitFor();
  await at.page.getByRole('link', { name: 'A night in a browser' }).click();
  await at.page.getByRole('heading', { name: 'Your money is on its way back' }).waitFor();
});
