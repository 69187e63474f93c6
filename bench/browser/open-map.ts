import { type Browser, type Page, chromium } from 'playwright-core';
import { findChromium } from '../../tools/local/programs.ts';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
const WINDOW = { viewport: { width: 1280, height: 800 } };
const OPEN_WITHIN_MS = 60_000;

/** @throws when there is no Chromium. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine.');
  return await chromium.launch({ executablePath, args: ARGUMENTS });
}

export type OpenedMap = {
  readonly page: Page;
  /** From the navigation to the first picture with all seats in their states, after which a click takes a seat. */
  readonly interactiveMs: number;
  /** JavaScript that came over the wire, as it was compressed. */
  readonly scriptBytes: number;
};

/** Opens a seat map in a browser that has never been here: nothing is cached. */
export async function openMap(browser: Browser, url: string): Promise<OpenedMap> {
  const page = await (await browser.newContext(WINDOW)).newPage();
  await page.addInitScript(NOTE_WHEN_INTERACTIVE);
  page.setDefaultTimeout(OPEN_WITHIN_MS);
  await page.goto(url);
  const interactiveMs = Number(await page.evaluate('window.interactive'));
  const scriptBytes = Number(await page.evaluate(SCRIPT_BYTES));
  return { page, interactiveMs, scriptBytes };
}

/** The prices tell how many seats are free once the states are known; the frame after that has drawn them. */
const NOTE_WHEN_INTERACTIVE = `
  const { promise, resolve } = Promise.withResolvers();
  window.interactive = promise;
  const look = () => {
    const told = document.querySelector('.tier-free');
    const canvas = document.querySelector('.map-canvas');
    if (told === null || canvas === null || !/\\d/.test(told.textContent)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  };
  requestAnimationFrame(look);
`;

const SCRIPT_BYTES = `
  performance.getEntriesByType('resource')
    .filter(({ name }) => name.endsWith('.js'))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
`;
