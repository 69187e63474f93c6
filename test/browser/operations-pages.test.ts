import { type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { client } from '../support/client.ts';
import { useHoldfast } from '../support/harness.ts';
import { chromiumPath } from '../support/servers.ts';

const holdfast = useHoldfast({ seatWorker: false });
let browser: Awaited<ReturnType<typeof chromium.launch>>;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
});

/** A page that notes what its content security policy forbade, and every address at another place than ours. */
async function watchedPage(): Promise<{ page: Page; faults: string[]; elsewhere: string[] }> {
  const page = await browser.newPage();
  const faults: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('requestfinished', (request) => {
    if (!request.url().startsWith(holdfast.current.url) && !request.url().startsWith('data:'))
      elsewhere.push(request.url());
  });
  return { page, faults, elsewhere };
}

test('api-docs / in a browser / shows every operation, under the strict policy and without another site', async () => {
  const { page, faults, elsewhere } = await watchedPage();
  await page.goto(`${holdfast.current.url}/api-docs`);
  await page.getByText('/api/events/{eventId}/stream').first().waitFor();
  await page.locator('#operations-seats-streamSeatChanges').click();
  await page.getByText('Server-sent events.').waitFor();
  expect(faults).toEqual([]);
  expect(elsewhere).toEqual([]);
});

test('queue board / in a browser / asks to sign in, refuses a wrong password, then shows the queues', async () => {
  const { url, server } = holdfast.current;
  const account = { email: 'operator@example.org', password: 'nine lives of a queue' };
  const registered = await client(holdfast.current).request('POST', '/api/auth/register', {
    ...account,
    name: 'O',
  });
  expect(registered.status).toBe(201);
  await server.resources.db
    .updateTable('users')
    .set({ role: 'admin' })
    .where('user_email', '=', account.email)
    .execute();

  const { page, elsewhere } = await watchedPage();
  const signIn = async (password: string) => {
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Open the board' }).click();
  };
  await page.goto(`${url}/admin/queues`);
  await signIn('not the password');
  await page.getByRole('alert').filter({ hasText: 'password' }).waitFor();
  await signIn(account.password);
  await page.getByText('seat-selection').first().waitFor();
  expect(elsewhere).toEqual([]);
});

test('problems / in a browser / the anchor is shown', async () => {
  const { page, faults } = await watchedPage();
  await page.goto(`${holdfast.current.url}/problems#seats_taken`);
  expect(await page.locator('h2:target').textContent()).toBe('seats_taken');
  expect(faults).toEqual([]);
});
