import { expect, test, vi } from 'vitest';
import { createTestEvent } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  DECLINED_CARD,
  PHONE,
  clickSeat,
  createSmallEvent,
  expectAccessible,
  openEvent,
  payOnStripe,
  pointOfSeat,
  seatsAreKnown,
  useBrowser,
} from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser();

test('a buyer / list, event, two seats, pay / the result and the bookings show the seats', async () => {
  const event = await createSmallEvent(holdfast.current, { name: 'From the list to the booking' });
  const page = await browser.newPage();
  await page.goto(holdfast.current.url);
  await page.getByRole('searchbox').fill('list to the booking');
  await page.getByRole('link', { name: 'From the list to the booking' }).click();
  await seatsAreKnown(page);
  await clickSeat(page, holdfast.current, event.eventId, 14);
  await clickSeat(page, holdfast.current, event.eventId, 15);
  const cart = page.getByRole('complementary', { name: 'Your seats' });
  await cart.getByText('Row B, seat 4').waitFor();
  await cart.getByText('Row B, seat 5').waitFor();
  expect(await cart.getByRole('timer').last().textContent()).toMatch(/^(10:00|9:\d\d)$/);
  await cart.getByRole('button', { name: 'Pay €50.00' }).last().click();

  await page.waitForURL(/\/c\/pay\//);
  await payOnStripe(page);
  await page.getByRole('heading', { name: 'You’re in' }).waitFor();
  await page.getByText('Stalls, Row B, seat 4').waitFor();
  await expectAccessible(page);

  await page.getByRole('link', { name: 'My bookings' }).first().click();
  await page.getByText('Stalls, Row B, seat 5').waitFor();
  expect(await page.locator('.booking').count()).toBe(2);
  await expectAccessible(page);
});

test('a declined card / paid with another / told on the way, booked in the end', async () => {
  const event = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, event.eventId);
  await clickSeat(page, holdfast.current, event.eventId, 1);
  await page.getByRole('button', { name: 'Pay €25.00' }).last().click();
  await page.waitForURL(/\/c\/pay\//);
  await payOnStripe(page, DECLINED_CARD);
  await page.getByText('Your card was declined').waitFor();
  await payOnStripe(page);
  await page.getByText('Stalls, Row A, seat 1').waitFor();
  expect(await page.locator('.ticket').count()).toBe(1);
});

test('the way back from Stripe / by its back link / the cart as it was, with the time left', async () => {
  const event = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, event.eventId);
  await clickSeat(page, holdfast.current, event.eventId, 27);
  await page.getByRole('button', { name: 'Pay €25.00' }).last().click();
  await page.locator('#back').click();
  await page
    .getByText(/Payment cancelled: nothing was charged\. Your seats are still yours for \d+:\d\d/)
    .waitFor();
  const cart = page.getByRole('complementary', { name: 'Your seats' });
  await cart.getByText('Row C, seat 7').waitFor();
  expect(new URL(page.url()).search).toBe('');
  // It can be given up, and paid after all: another seat joins it.
  await clickSeat(page, holdfast.current, event.eventId, 28);
  await cart.getByRole('button', { name: 'Pay €50.00' }).last().waitFor();
});

test('the way back from Stripe / by the browser / says that payment has begun, and lets the buyer choose again', async () => {
  const event = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, event.eventId);
  await clickSeat(page, holdfast.current, event.eventId, 3);
  await page.getByRole('button', { name: 'Pay €25.00' }).last().click();
  await page.waitForURL(/\/c\/pay\//);
  await page.goBack();
  await page.getByText('You have begun to pay for these seats').waitFor();
  await page.getByRole('button', { name: 'Back to choosing' }).click();
  await page.getByRole('button', { name: 'Pay €25.00' }).last().waitFor();
  expect(await page.locator('.cart-seat').count()).toBe(1);
});

test('a reload / with seats in the cart / the cart is there again', async () => {
  const event = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, event.eventId);
  await clickSeat(page, holdfast.current, event.eventId, 5);
  await page.locator('.cart-seat').getByText('Row A, seat 5').waitFor();
  await page.reload();
  await page.locator('.cart-seat').getByText('Row A, seat 5').waitFor();
  expect(await page.locator('.cart-seat').count()).toBe(1);
});

test('a phone / touch / the whole purchase', async () => {
  const event = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 30 });
  const page = await browser.newPage(PHONE);
  await openEvent(page, holdfast.current, event.eventId);
  const { x, y } = await pointOfSeat(page, holdfast.current, event.eventId, 135);
  // Seats are small on a phone: the first tap comes nearer, the second takes what is under the finger.
  await page.touchscreen.tap(x, y);
  await page.touchscreen.tap(x, y);
  await page.locator('.sheet-head').getByRole('button', { name: 'Pay €25.00' }).tap();
  await page.waitForURL(/\/c\/pay\//);
  await payOnStripe(page);
  await page.getByText('Stalls, Row E, seat 15').waitFor();
  expect(await page.locator('.ticket').count()).toBe(1);
});
