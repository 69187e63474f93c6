import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { scaleMaxOf, toScreen, viewOf, wholeOf } from '../../web/src/seat-map/viewport.ts';
import { client } from '../support/client.ts';
import { type TestEvent, createTestEvent } from '../support/events.ts';
import type { Holdfast } from '../support/harness.ts';
import { chromiumPath } from '../support/servers.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** A browser on a machine that does other things as well is slow; what is waited for ends the wait. */
export const BROWSER_TEST_MS = 120_000;
const WAIT_MS_MAX = 25_000;
/** So that no cart ends while a slow browser is at work. */
export const LONG_HOLDS = { HOLD_TTL_SECONDS: '600', HOLD_MAX_SECONDS: '1200' };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
  reducedMotion: 'reduce',
};

/** What the browser says of answers with an error status: the pages tell the buyer of them. */
const EXPECTED_CONSOLE =
  /Failed to load resource: the server responded with a status of (400|401|402|404|409|422)/;

export const GOOD_CARD = '4242424242424242';
export const DECLINED_CARD = '4000000000000002';

/** A real browser for all tests of a file. A page that breaks, or breaks the content security policy, fails its test. */
export function useBrowser({ expected = EXPECTED_CONSOLE }: { expected?: RegExp } = {}): {
  newPage(options?: BrowserContextOptions): Promise<Page>;
} {
  let browser: Browser | undefined;
  let pages: Page[] = [];
  let faults: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath(), headless: true, args: ARGUMENTS });
  });
  afterEach(async () => {
    const found = faults;
    await Promise.all(pages.map(async (page) => await page.context().close()));
    pages = [];
    faults = [];
    expect(found).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    async newPage(options = DESKTOP) {
      if (browser === undefined) throw new Error('The browser is not up yet: use it inside a test.');
      const page = await (await browser.newContext(options)).newPage();
      page.setDefaultTimeout(WAIT_MS_MAX);
      page.on('pageerror', (error) => faults.push(String(error.stack)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected.test(message.text())) faults.push(message.text());
      });
      pages.push(page);
      return page;
    },
  };
}

/** An event with 5 rows of 10 seats, A1 (seat 1) to E10 (seat 50), all in the section "Stalls", at €25.00. */
export async function createSmallEvent(
  holdfast: Holdfast,
  details: Record<string, unknown> = {},
): Promise<TestEvent> {
  return await createTestEvent(holdfast, {
    details: { name: 'A night in a browser', venueName: 'The Hall', ...details },
  });
}

export async function openEvent(page: Page, holdfast: Holdfast, eventId: string): Promise<void> {
  await page.goto(`${holdfast.url}/events/${eventId}`);
  await seatsAreKnown(page);
}

/** The seats' states are there: the price says how many are free. */
export async function seatsAreKnown(page: Page): Promise<void> {
  await page.locator('.tier').first().waitFor();
  await page
    .locator('.tier-free', { hasText: /\d free/ })
    .first()
    .waitFor({ state: 'attached' });
}

/** How many seats are free, as the page says. */
export async function freeSeats(page: Page): Promise<number> {
  return Number.parseInt((await page.locator('.tier-free').first().textContent()) ?? '', 10);
}

/** Where a seat is on the screen while the map shows the whole venue, as it does at first. */
export async function pointOfSeat(
  page: Page,
  holdfast: Holdfast,
  eventId: string,
  seatId: number,
): Promise<{ x: number; y: number }> {
  const { body: map } = await client(holdfast).request('GET', `/api/events/${eventId}/seat-map`);
  const box = await page.locator('.map-canvas').boundingBox();
  const seats = map.sections.flatMap((section: { rows: { seats: number[][] }[] }) =>
    section.rows.flatMap((row) => row.seats),
  );
  const seat = seats.find(([id]: number[]) => id === seatId);
  if (box === null || seat === undefined) throw new Error('There is no map, or no such seat');
  const view = viewOf(wholeOf(map.size), box, scaleMaxOf(map.seatRadius));
  const { x, y } = toScreen(view, { x: seat[2], y: seat[3] });
  return { x: box.x + x, y: box.y + y };
}

export async function clickSeat(
  page: Page,
  holdfast: Holdfast,
  eventId: string,
  seatId: number,
): Promise<void> {
  const { x, y } = await pointOfSeat(page, holdfast, eventId, seatId);
  await page.mouse.click(x, y);
}

/** Fills in the form on Stripe's page (the stand-in's) and sends it. */
export async function payOnStripe(page: Page, card = GOOD_CARD): Promise<void> {
  await page.locator('#cardNumber').fill(card);
  await page.locator('#email').fill('buyer@example.test');
  await page.locator('#cardExpiry').fill('12/40');
  await page.locator('#cardCvc').fill('123');
  await page.locator('#billingName').fill('A. Buyer');
  await page.locator('[type=submit]').click();
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with what axe-core finds wrong with the page, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  const source = await readFile(axePath, 'utf8');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // What a sticky header covers while the page is scrolled is only a scroll away.
    await page.evaluate('scrollTo(0, 0)');
    await page.evaluate(source);
    const violations = await page.evaluate(async (tags) => {
      // @ts-expect-error -- the script above has put it there
      const { violations: found } = await window.axe.run(document, { runOnly: tags });
      return found.map((violation: { id: string; nodes: { html: string; failureSummary: string }[] }) => ({
        id: violation.id,
        nodes: violation.nodes.map((node) => `${node.html} ${node.failureSummary}`),
      }));
    }, AXE_TAGS);
    expect({ colorScheme, violations }).toEqual({ colorScheme, violations: [] });
  }
}
