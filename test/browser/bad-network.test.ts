import { expect, test, vi } from 'vitest';
import { hold } from '../support/checkout.ts';
import { guest } from '../support/client.ts';
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
// That is what these tests bring about.
const browser = useBrowser({ expected: /^Failed to load resource/ });

test('live updates / broken for good / the page says so, and polling still shows what others take', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await page.route('**/stream', (route) => route.fulfill({ status: 503 }));
  await openEvent(page, holdfast.current, eventId);
  await page.getByText('Reconnecting…').waitFor();
  expect(await freeSeats(page)).toBe(50);
  await hold(await guest(holdfast.current), { eventId, seatIds: [20, 21] });
  await page.locator('.tier-free', { hasText: '48 free' }).waitFor();
  await page.unroute('**/stream');
  await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
});

test('a click / its request gets lost on the way / is repeated, and the seat is taken once', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  let lost = 0;
  await page.route('**/holds', async (route) => {
    // The server does the work; the answer never comes.
    if (route.request().method() !== 'POST' || lost > 0) return await route.continue();
    lost += 1;
    await route.fetch();
    return await route.abort('connectionreset');
  });
  await clickSeat(page, holdfast.current, eventId, 12);
  await page.locator('.cart-seat').getByText('Row B, seat 2').waitFor();
  expect(lost).toBe(1);
  expect(await page.locator('.cart-seat').count()).toBe(1);
});

test('a click / the server is busy and says when to come again / the page says so, stays away until then, and has the seat', async () => {
  const busySeconds = 7;
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  const askedAtMs: number[] = [];
  await page.route('**/holds', async (route) => {
    if (route.request().method() !== 'POST') return await route.continue();
    askedAtMs.push(Date.now());
    if (askedAtMs.length > 1) return await route.continue();
    return await route.fulfill({
      status: 503,
      headers: { 'retry-after': String(busySeconds) },
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'server_busy', title: 'Busy', detail: 'Try again in a moment.' }),
    });
  });
  await clickSeat(page, holdfast.current, eventId, 12);
  const notice = page.getByText(/Very many people are here right now\. We try again for you in \d s\./);
  await notice.waitFor();
  await page.locator('.cart-seat').getByText('Row B, seat 2').waitFor();
  await notice.waitFor({ state: 'detached' });
  const [first = 0, second = 0] = askedAtMs;
  expect(askedAtMs).toHaveLength(2);
  expect(second - first).toBeGreaterThanOrEqual(busySeconds * 1000);
});

test('the seat map / fails to load / says so in plain words, and loads at the second try', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const page = await browser.newPage();
  await page.route('**/seat-map', (route) => route.fulfill({ status: 503 }));
  await page.goto(`${holdfast.current.url}/events/${eventId}`);
  await page.getByRole('heading', { name: 'The seat map could not be loaded.' }).waitFor();
  await page.unroute('**/seat-map');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.map-canvas').waitFor();
});
