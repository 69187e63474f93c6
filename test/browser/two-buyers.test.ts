import { expect, test, vi } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  clickSeat,
  createSmallEvent,
  freeSeats,
  openEvent,
  useBrowser,
} from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser();
/** A second is promised; the rest is for two browsers that share a machine with the whole suite. */
const SEEN_WITHIN_MS = 1_000 + 2_000;

test('two buyers / one seat at the same moment / one has it, the other is told at the seat and offered the nearest', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const [first, second] = await Promise.all([browser.newPage(), browser.newPage()]);
  await Promise.all([
    openEvent(first, holdfast.current, eventId),
    openEvent(second, holdfast.current, eventId),
  ]);
  // The second buyer's request is on its way until the first one has the seat: so both have clicked a free seat.
  const firstHasIt = Promise.withResolvers<void>();
  await second.route('**/holds', async (route) => {
    if (route.request().method() === 'POST') await firstHasIt.promise;
    await route.continue();
  });
  await clickSeat(second, holdfast.current, eventId, 25);
  await clickSeat(first, holdfast.current, eventId, 25);
  await first.locator('.cart-seat').getByText('Row C, seat 5').waitFor();
  firstHasIt.resolve();

  await second.locator('.bubble').getByText('Just taken by someone else').waitFor();
  await second.getByText('Stalls, Row C, seat 5: someone else was quicker.').waitFor();
  expect(await second.locator('.cart-seat').count()).toBe(0);
  await second.getByRole('button', { name: /Take Stalls, Row C, seat (4|6) instead/ }).click();
  await second
    .locator('.cart-seat')
    .getByText(/Row C, seat (4|6)/)
    .waitFor();
});

test('two buyers / each takes a seat and one gives back / each soon sees the other', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const [first, second] = await Promise.all([browser.newPage(), browser.newPage()]);
  await Promise.all([
    openEvent(first, holdfast.current, eventId),
    openEvent(second, holdfast.current, eventId),
  ]);
  await clickSeat(first, holdfast.current, eventId, 1);
  await first.locator('.cart-seat').waitFor();
  await eventually(async () => expect(await freeSeats(second)).toBe(49), SEEN_WITHIN_MS);
  await clickSeat(second, holdfast.current, eventId, 2);
  await second.locator('.cart-seat').waitFor();
  await eventually(async () => expect(await freeSeats(first)).toBe(48), SEEN_WITHIN_MS);
  await second.getByRole('button', { name: 'List' }).click();
  await second.getByRole('button', { name: 'Stalls, Row A, seat 1, €25.00, held by someone else' }).waitFor();
  await first.getByRole('button', { name: 'Give back Stalls, Row A, seat 1' }).click();
  await second.getByRole('button', { name: 'Stalls, Row A, seat 1, €25.00, free' }).waitFor();
});

test('one buyer / many quick clicks / what the page shows is what the server has', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  for (const seatId of [1, 2, 3, 2, 4, 1, 1, 5, 3]) await clickSeat(page, holdfast.current, eventId, seatId);
  const seats = page.locator('.cart-seat');
  await eventually(async () => {
    expect(await page.locator('.cart-seat [disabled]').count()).toBe(0);
    const shown = await seats.allTextContents();
    expect(shown.map((text) => /seat (\d+)/.exec(text)?.[1])).toEqual(['1', '4', '5']);
  });
  await eventually(async () => expect(await freeSeats(page)).toBe(47));
});

test('one buyer / two tabs / both show the one cart', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const first = await browser.newPage();
  await openEvent(first, holdfast.current, eventId);
  await clickSeat(first, holdfast.current, eventId, 11);
  await first.locator('.cart-seat').waitFor();
  const second = await first.context().newPage();
  await openEvent(second, holdfast.current, eventId);
  await second.locator('.cart-seat').getByText('Row B, seat 1').waitFor();
  await clickSeat(second, holdfast.current, eventId, 12);
  await first.locator('.cart-seat').getByText('Row B, seat 2').waitFor();
  expect(await first.locator('.cart-seat').count()).toBe(2);
});
