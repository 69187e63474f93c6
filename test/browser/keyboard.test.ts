import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  createSmallEvent,
  expectAccessible,
  openEvent,
  payOnStripe,
  seatsAreKnown,
  useBrowser,
} from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser();
const TABS_MAX = 60;

test('the keyboard alone / list of events, list of seats, pay / booked', async () => {
  const event = await createSmallEvent(holdfast.current, { name: 'By the keys' });
  const page = await browser.newPage();
  await page.goto(holdfast.current.url);
  await page.getByRole('link', { name: 'By the keys' }).waitFor();
  await tabTo(page, 'By the keys');
  await page.keyboard.press('Enter');
  await seatsAreKnown(page);
  await tabTo(page, 'List');
  await page.keyboard.press('Enter');
  // With one section only, its rows are there; a row is one stop, and the arrows go from seat to seat.
  await page.getByRole('button', { name: 'Stalls, Row A, seat 1, €25.00, free' }).waitFor();
  await tabTo(page, 'Stalls, Row A, seat 1, €25.00, free');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stalls, Row A, seat 2, €25.00, yours' }).waitFor();
  await tabTo(page, 'Stalls, Row B, seat 1, €25.00, free');
  await page.keyboard.press('End');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Stalls, Row B, seat 10, €25.00, yours' }).waitFor();
  await page.getByRole('button', { name: 'Pay €50.00' }).last().waitFor();
  await tabTo(page, 'Pay €50.00');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/c\/pay\//);
  await payOnStripe(page);
  await page.getByText('Stalls, Row B, seat 10').waitFor();
  expect(page.url()).toContain(event.eventId);
});

test('the map by keys / arrows and Enter / goes from seat to seat, says it, takes it', async () => {
  const event = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, event.eventId);
  await tabTo(page, 'Seat map');
  await page.keyboard.press('ArrowRight');
  const said = page.getByRole('status').filter({ hasText: /^Stalls, Row \w, seat \d+, €25\.00, free/ });
  await said.waitFor({ state: 'attached' });
  const before = await said.textContent();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => await said.textContent()).not.toBe(before);
  await page.keyboard.press('Enter');
  await page.locator('.cart-seat').waitFor();
  expect(await page.locator('.cart-seat').count()).toBe(1);
});

test('every page / axe-core in light and dark / finds nothing', async () => {
  const event = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await page.goto(holdfast.current.url);
  await page.getByRole('link', { name: 'A night in a browser' }).first().waitFor();
  await expectAccessible(page);
  await openEvent(page, holdfast.current, event.eventId);
  await page.getByRole('button', { name: 'Find seats' }).click();
  await page.locator('.cart-seat').first().waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'List' }).click();
  await page.getByRole('button', { name: 'Stalls, Row E, seat 1, €25.00, free' }).waitFor();
  await expectAccessible(page);
  for (const path of [
    '/bookings',
    '/sign-in',
    `/events/${event.eventId}/payments/01900000-0000-7000-8000-000000000009`,
  ]) {
    await page.goto(holdfast.current.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
  }
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
});

/** Presses Tab until the element of this name has the focus. It must be there already: Tab doesn't wait. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate<string>(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
    );
    if (label.trim() === name) return;
  }
  throw new Error(`Tab does not come to "${name}"`);
}
