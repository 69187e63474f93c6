import { expect, test, vi } from 'vitest';
import { createTestEvent } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';
import { BROWSER_TEST_MS, LONG_HOLDS, expectAccessible, openEvent, useBrowser } from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser();

/** 2,400 seats at three prices; the first of the stalls is a wheelchair space. */
async function createLargeEvent(): Promise<string> {
  const rows = { kind: 'rows', rows: 20, seatsPerRow: 40 };
  const { eventId } = await createTestEvent(holdfast.current, {
    details: {
      prices: { Stalls: 4_500, Circle: 3_000, Gallery: 1_500 },
      generator: {
        name: 'A large hall',
        categories: [{ name: 'Stalls' }, { name: 'Circle' }, { name: 'Gallery' }],
        parts: [
          { ...rows, name: 'Stalls', category: 'Stalls', accessible: [{ row: 1, seats: [1] }] },
          { ...rows, name: 'Circle', category: 'Circle' },
          { ...rows, name: 'Gallery', category: 'Gallery' },
        ],
      },
    },
  });
  return eventId;
}

test('a highest price / is chosen / only what costs no more stands out, is listed, and is found', async () => {
  const eventId = await createLargeEvent();
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  await page.getByLabel('Price up to').selectOption('up to €30.00');
  const pressed = page.locator('.tier[aria-pressed="true"] .tier-name');
  expect(await pressed.allTextContents()).toEqual(['Circle', 'Gallery']);
  await page.getByRole('button', { name: 'List', exact: true }).click();
  expect(await page.locator('.listed-section h2').allTextContents()).toEqual([
    'Circle: 800 free',
    'Gallery: 800 free',
  ]);
  await page.getByRole('combobox', { name: 'Price', exact: true }).selectOption('Any, up to €30.00');
  await page.getByRole('button', { name: 'Find seats' }).click();
  await page.getByRole('button', { name: 'Pay €60.00' }).last().waitFor();
  await expectAccessible(page);
});

test('a wheelchair space / in the list / is called one', async () => {
  const eventId = await createLargeEvent();
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  await page.getByRole('button', { name: 'List', exact: true }).click();
  await page.getByText('Stalls: 800 free').click();
  await page
    .getByRole('button', { name: 'Stalls, Row A, seat 1, wheelchair space, €45.00, free', exact: true })
    .waitFor();
});

test('a large venue / when one has come near / an overview shows where, and leads elsewhere', async () => {
  const eventId = await createLargeEvent();
  const page = await browser.newPage();
  await openEvent(page, holdfast.current, eventId);
  const overview = page.locator('.minimap');
  expect(await overview.isVisible()).toBe(false);
  for (let step = 0; step < 4; step += 1) await page.locator('.map-canvas').press('+');
  await page.locator('.minimap[data-near]').waitFor();
  const frame = page.locator('.minimap-frame');
  const before = await frame.boundingBox();
  await overview.click({ position: { x: 20, y: 10 } });
  await vi.waitFor(async () => {
    const after = await frame.boundingBox();
    expect(after?.y).toBeLessThan(before?.y ?? 0);
  });
});
