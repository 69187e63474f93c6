import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  PHONE,
  createSmallEvent,
  expectAccessible,
  payOnStripe,
  useBrowser,
} from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser();
const GERMAN = { viewport: { width: 1280, height: 800 }, locale: 'de-DE' };
const PRICE = { prices: { Stalls: 4500 }, timeZone: 'Europe/Berlin', date: '2036-05-02T18:00:00Z' };

test('a browser that wants German / from the list to the booking / all in German', async () => {
  const event = await createSmallEvent(holdfast.current, { name: 'Auf Deutsch', ...PRICE });
  const page = await browser.newPage(GERMAN);
  await page.goto(holdfast.current.url);
  await page.getByRole('heading', { level: 1, name: 'Das Programm' }).waitFor();
  expect(await page.getAttribute('html', 'lang')).toBe('de');
  const card = page.locator('.event-card', { hasText: 'Auf Deutsch' });
  await card.getByText('ab 45,00 €').waitFor();
  await card.getByText('Fr., 2. Mai 2036 um 20:00 MESZ').waitFor();
  expect(await page.title()).toBe('Das Programm · Holdfast');
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Auf Deutsch' }).click();
  await page.getByRole('button', { name: 'Plätze finden' }).click();
  const cart = page.getByRole('complementary', { name: 'Warenkorb' });
  await cart
    .getByText(/Reihe \w, Platz \d+/)
    .first()
    .waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Liste', exact: true }).click();
  await page.getByRole('button', { name: 'Stalls, Reihe E, Platz 1, 45,00 €, frei' }).waitFor();
  await expectAccessible(page);
  await cart.getByRole('button', { name: '90,00 € bezahlen' }).last().click();
  await page.waitForURL(/\/c\/pay\//);
  await payOnStripe(page);
  await page.getByRole('heading', { name: 'Gebucht. Viel Vergnügen!' }).waitFor();
  await expectAccessible(page);
  expect(page.url()).toContain(event.eventId);
  await page.goto(`${holdfast.current.url}/bookings`);
  await page
    .getByRole('button', { name: /^Stornieren: Stalls, Reihe \w, Platz \d+, Auf Deutsch$/ })
    .first()
    .waitFor();
  await expectAccessible(page);
});

test('the switch / by keys to English and back / each named in itself, remembered after a reload', async () => {
  await createSmallEvent(holdfast.current, { name: 'In zwei Sprachen', ...PRICE });
  const page = await browser.newPage(GERMAN);
  await page.goto(holdfast.current.url);
  const card = page.locator('.event-card', { hasText: 'In zwei Sprachen' });
  await card.waitFor();
  await page.getByRole('button', { name: 'Sprache: DE, Deutsch' }).press('Enter');
  const list = page.getByRole('group', { name: 'Sprache' });
  await list.waitFor();
  expect(
    await list
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => one.outerHTML.match(/lang="(\w+)"[^>]*>(\w+)/)?.slice(1))),
  ).toEqual([
    ['en', 'English'],
    ['de', 'Deutsch'],
  ]);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
  expect(await focused(page)).toBe('Sprache: DE, Deutsch');

  await page.keyboard.press('Enter');
  await list.waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'What is on' }).waitFor();
  expect(await page.getAttribute('html', 'lang')).toBe('en');
  await card.getByText('from €45.00').waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'What is on' }).waitFor();

  await page.getByRole('button', { name: 'Language: EN, English' }).click();
  await page.getByRole('button', { name: 'Deutsch', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Das Programm' }).waitFor();
  expect(await page.getAttribute('html', 'lang')).toBe('de');
  await card.getByText('ab 45,00 €').waitFor();
});

test('a browser whose languages we lack / any page / English; one language is fetched, not both', async () => {
  const page = await browser.newPage({ ...GERMAN, locale: 'fr-FR' });
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto(holdfast.current.url);
  await page.getByRole('heading', { level: 1, name: 'What is on' }).waitFor();
  expect(
    fetched
      .filter((path) => /\/(en|de)-[\w-]+\.js$/.test(path))
      .map((path) => path.split('/').at(-1)?.slice(0, 2)),
  ).toEqual(['en']);
});

test('a phone in German / every page / nothing is wider than the screen', async () => {
  const event = await createSmallEvent(holdfast.current, PRICE);
  const page = await browser.newPage({ ...PHONE, locale: 'de-DE' });
  for (const path of ['/', `/events/${event.eventId}`, '/bookings', '/sign-in', '/organiser']) {
    await page.goto(holdfast.current.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const button = await page.getByRole('button', { name: 'Sprache: DE, Deutsch' }).boundingBox();
    const rightEnd = Math.ceil((button?.x ?? Infinity) + (button?.width ?? 0));
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect({ path, width, isSwitchInSight: rightEnd <= 360 }).toEqual({
      path,
      width: 360,
      isSwitchInSight: true,
    });
  }
});

test('an organiser in German / account, new event, system / all in German', async () => {
  const { db } = holdfast.current.server.resources;
  const email = 'veranstalterin@example.org';
  const page = await browser.newPage(GERMAN);
  await page.goto(`${holdfast.current.url}/sign-in?next=/organiser/new`);
  await page.getByRole('button', { name: 'Neu hier? Konto anlegen' }).click();
  await page.getByLabel('Ihr Name').fill('V. Anstalterin');
  await page.getByLabel('E-Mail-Adresse').fill(email);
  await page.getByLabel('Passwort').fill(email);
  await page.getByRole('button', { name: 'Konto anlegen' }).click();
  await page.getByText('Wählen Sie ein anderes: mindestens 10 Zeichen').waitFor();
  await page.getByLabel('Passwort').fill('neun Leben einer Warteschlange');
  await page.getByRole('button', { name: 'Konto anlegen' }).click();
  await page.getByRole('heading', { level: 1, name: 'Für Veranstalter' }).waitFor();
  await db.updateTable('users').set({ role: 'admin' }).where('user_email', '=', email).execute();

  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Neue Veranstaltung' }).waitFor();
  await page.getByLabel('Titel').fill('Ein Abend');
  await page.getByLabel('Beginn').fill('2036-05-02T20:00');
  await page.getByRole('button', { name: 'Weiter' }).click();
  await page.getByLabel('Verkaufsstart').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Weiter' }).click();
  await page.getByLabel('Woher die Plätze kommen').selectOption({ label: 'Reihen, Blöcke und Bögen' });
  await page.getByText('112 Plätze').waitFor();
  await page.getByLabel('Plätze je Reihe').fill('viele');
  await page.getByText('Bitte eine ganze Zahl.').waitFor();
  await page.getByLabel('Plätze je Reihe').fill('100000');
  await page.getByText(/^Höchstens [\d.]+\.$/).waitFor();
  await page.getByLabel('Plätze je Reihe').fill('10');
  await page.getByText('80 Plätze').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Weiter' }).click();
  await page.getByLabel('Parkett, Preis in EUR').fill('45,00');
  await page.getByText('Ausverkauft sind das 3.600,00 €.').waitFor();
  await page.getByRole('button', { name: 'Entwurf anlegen' }).click();
  await page.getByText('Ein Entwurf: Nur Sie sehen ihn.').waitFor();
  await page.getByRole('link', { name: 'Angaben und Preise' }).click();
  expect(await page.getByLabel('Parkett, Preis in EUR').inputValue()).toBe('45,00');
  await page.getByRole('link', { name: 'Warteschlangen und System' }).click();
  await page.getByRole('button', { name: 'Platzauswahl anhalten' }).waitFor();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});

async function focused(page: Page): Promise<string> {
  return await page.evaluate(
    'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
  );
}
