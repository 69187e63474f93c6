import { expect, test, vi } from 'vitest';
import { useHoldfast } from '../support/harness.ts';
import { BROWSER_TEST_MS, clickSeat, createSmallEvent, openEvent, useBrowser } from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: { HOLD_TTL_SECONDS: '6', HOLD_MAX_SECONDS: '60' }, cleanupWorker: true });
const browser = useBrowser();

test('a cart / its time runs out / it is said plainly, and one click takes the same seats again', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  await clickSeat(page, holdfast.current, eventId, 33);
  await page.getByRole('alert').getByText('Your time is over').waitFor();
  await page.getByText('Your seat has gone back on sale.').waitFor();
  expect(await page.locator('.cart-seat').count()).toBe(0);
  await page.getByRole('button', { name: 'Take the same seats again' }).click();
  await page.locator('.cart-seat').getByText('Row D, seat 3').waitFor();
});

test('a cart / its time runs out while the page is away / it is said when the page is there again', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  await clickSeat(page, holdfast.current, eventId, 8);
  await page.getByRole('alert').waitFor();
  await page.reload();
  await page.getByRole('alert').getByText('Your time is over').waitFor();
  await page.getByRole('button', { name: 'Choose others' }).click();
  await page.getByText('Click a seat on the map').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});
