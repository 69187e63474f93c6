import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { signAccessToken } from '../../src/accounts/access-token.ts';
import { createUser } from '../../src/accounts/create-user.ts';
import { newId } from '../../src/platform/id.ts';
import { runCleanup } from '../../workers/cleanup-worker.ts';
import { type Client, client } from '../support/client.ts';
import { createTestEvent, organiser } from '../support/events.ts';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  PHONE,
  clickSeat,
  expectAccessible,
  openEvent,
  useBrowser,
} from './buyer-page.ts';

const PASSWORD = 'a long enough phrase 7';

vi.setConfig({ testTimeout: 2 * BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser();

/** Registers in the browser, on the way to the organiser's pages. */
async function register(page: Page): Promise<string> {
  const email = `${newId()}@example.com`;
  await page.goto(`${holdfast.current.url}/organiser`);
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'New here?' }).click();
  await page.getByLabel('Your name').fill('Olga Organiser');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('An administrator can make it an organiser').waitFor();
  return email;
}

/** With an account, since who gives a role must have one. */
async function administrator(): Promise<Client> {
  const { resources } = holdfast.current.server;
  const email = `${newId()}@example.com`;
  const userId = await createUser(resources.db, { email, password: PASSWORD, role: 'admin', name: null });
  const token = signAccessToken(resources, { userId, role: 'admin', isGuest: false, sessionId: newId() });
  return client(holdfast.current, { token, userId });
}

/** An administrator gives the account its role, which it has from its next visit on. */
async function giveRole(page: Page, email: string, role: 'organiser' | 'admin'): Promise<string> {
  const admin = await administrator();
  const found = await admin.request('GET', `/api/admin/users?search=${email}`);
  const userId: string = found.body.items[0].id;
  const given = await admin.request('POST', `/api/admin/users/${userId}/role`, { role });
  expect(given.status).toBe(200);
  await page.reload();
  return userId;
}

async function signInAs(page: Page, role: 'organiser' | 'admin'): Promise<string> {
  return await giveRole(page, await register(page), role);
}

test('an organiser / from an empty account to a published event / a buyer takes a seat, and it shows live', async () => {
  const page = await browser.newPage();
  await signInAs(page, 'organiser');
  await page.getByText('You have no events yet.').waitFor();
  await expectAccessible(page);
  await page.getByRole('main').getByRole('link', { name: 'New event' }).last().click();
  const next = page.getByRole('button', { name: 'Next' });

  await next.click();
  await page.getByText('This is needed.').first().waitFor();
  await page.getByLabel('Name').fill('From nothing to a sale');
  await page.getByLabel('Venue', { exact: true }).fill('Town hall');
  await page.getByLabel('Time zone of the venue').fill('Europe/Berlin');
  await page.getByLabel('Begins').fill('2099-07-01T20:00');
  await expectAccessible(page);
  await next.click();
  await page.getByRole('heading', { name: 'Sale' }).waitFor();
  await page.getByLabel('Sale closes').fill('2099-07-01T12:00');
  await expectAccessible(page);
  await next.click();

  await page.getByLabel('Where the seats come from').selectOption('generator');
  await page.getByLabel('Seats in a row').fill('none');
  await page.getByText('The hall can’t be drawn yet').waitFor();
  await page.locator('.organiser-fault').first().waitFor();
  await page.getByLabel('Seats in a row').fill('10');
  await page.getByText('80 seats').waitFor();
  await page.getByLabel('Name of category 1').fill('Stalls');
  await expectAccessible(page);
  await next.click();
  await page.getByLabel('Stalls, in EUR').fill('45,50');
  await page.getByText('Sold out, that is €3,640.00.').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Make the draft' }).click();

  await page.getByText('A draft: nobody sees it but you.').waitFor();
  const eventId = /events\/([\w-]+)/.exec(page.url())?.[1] ?? '';
  await page.getByRole('link', { name: 'Block seats' }).click();
  await page.getByLabel('Row', { exact: true }).selectOption({ label: 'Row A' });
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByText('10 seats selected').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Take off sale' }).click();
  await page.getByText('10 off sale, 70 free').waitFor();

  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('70 seats are on sale at once').waitFor();
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('button', { name: 'Close the sale' }).waitFor();
  const event = await organiser(holdfast.current, 'admin').request('GET', `/api/admin/events/${eventId}`);
  expect(event.body).toMatchObject({
    status: 'published',
    date: '2099-07-01T18:00:00.000Z',
    saleClosesAt: '2099-07-01T10:00:00.000Z',
    timeZone: 'Europe/Berlin',
    tiers: [{ name: 'Stalls', price: 4550 }],
  });

  await page.getByRole('link', { name: 'Sale now' }).click();
  const held = page.locator('.figure', { hasText: 'Held' }).first();
  await held.getByText('0', { exact: true }).waitFor();
  const buyer = await browser.newPage(PHONE);
  await openEvent(buyer, holdfast.current, eventId);
  await clickSeat(buyer, holdfast.current, eventId, 25);
  await held.getByText('1', { exact: true }).waitFor();
  await page.getByRole('img', { name: /Seats over time/ }).waitFor();
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Details and prices' }).click();
  await page.getByLabel('Stalls, in EUR').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Bookings', exact: true }).click();
  await page.getByText('Nobody has bought yet.').waitFor();
  await expectAccessible(page);
});

test('a seating plan / with faults, then mended / tells each fault where it lies, and draws the hall', async () => {
  const page = await browser.newPage();
  await signInAs(page, 'organiser');
  await page.goto(`${holdfast.current.url}/organiser/new`);
  await page.getByLabel('Name').fill('From a file');
  await page.getByLabel('Time zone of the venue').fill('UTC');
  await page.getByLabel('Begins').fill('2099-07-01T20:00');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Where the seats come from').selectOption('file');

  const source = await createTestEvent(holdfast.current, { rows: 2, seatsPerRow: 5 });
  const plan = await source.organiser.request('GET', `/api/admin/events/${source.eventId}/plan`);
  const faulty = structuredClone(plan.body);
  faulty.zones.find((zone: { rows: unknown[] }) => zone.rows.length > 0).rows[1].seats[2].category = 'Loge';
  await choosePlan(page, JSON.stringify(faulty));
  await page.getByText('The plan has 1 fault').waitFor();
  await page.getByText(/zone 2 \(.*\), row 2 \(B\), seat 3 \(.*\), category/).waitFor();
  await page.getByText('"Loge"', { exact: true }).waitFor();
  await choosePlan(page, '{"name": ,}');
  await page.getByText('The file is not JSON.').waitFor();
  await expectAccessible(page);
  await choosePlan(page, JSON.stringify(plan.body));
  await page.getByText('No faults.').waitFor();
  await page.getByRole('region', { name: 'Preview' }).getByText('10 seats').waitFor();
});

async function choosePlan(page: Page, text: string): Promise<void> {
  const path = join(tmpdir(), `plan-${newId()}.json`);
  await writeFile(path, text);
  await page.locator('input[type=file]').setInputFiles(path);
}

test('calling off / on a phone / only when the name is typed, and says what is refunded', async () => {
  const page = await browser.newPage(PHONE);
  const email = await register(page);
  await giveRole(page, email, 'admin');
  const event = await createTestEvent(holdfast.current, { details: { name: 'To be called off' } });
  await page.goto(`${holdfast.current.url}/organiser/events/${event.eventId}`);
  await page.getByRole('button', { name: 'Call off' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nobody has bought yet.').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Call it off and refund' });
  expect(await confirm.getAttribute('aria-disabled')).toBe('true');
  await expectAccessible(page);
  await dialog.getByRole('textbox').fill('To be called off');
  await confirm.click();
  await page.locator('.own-head').getByText('Called off', { exact: true }).waitFor();
});

test('the system page / an administrator / shows queues and the audit, pauses and resumes', async () => {
  const page = await browser.newPage();
  await runCleanup(holdfast.current.server.resources);
  await signInAs(page, 'admin');
  await page.getByRole('navigation', { name: 'Organiser' }).getByRole('link', { name: 'Queues' }).click();
  await page.getByText('All invariants hold.').waitFor();
  await page.getByRole('button', { name: 'Pause Seat selection' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume Seat selection' }).click();
  await page.getByRole('button', { name: 'Pause Seat selection' }).waitFor();
  await expectAccessible(page);
});
