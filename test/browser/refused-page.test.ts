import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/platform/config.ts';
import { startServer } from '../../src/server.ts';
import { client } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { halfACall } from '../support/half-a-call.ts';
import { useHoldfast } from '../support/harness.ts';
import {
  BROWSER_TEST_MS,
  LONG_HOLDS,
  PHONE,
  createSmallEvent,
  seatsAreKnown,
  useBrowser,
} from './buyer-page.ts';

vi.setConfig({ testTimeout: BROWSER_TEST_MS });
const holdfast = useHoldfast({ env: LONG_HOLDS });
const browser = useBrowser({
  expected: /^Failed to load resource: the server responded with a status of (404|503)/,
});
const ROOM = 12;

/** A server of the service all of whose places are taken, until the function that comes with it is called. */
async function fullServer(): Promise<{ url: string; makeRoom: () => void }> {
  const server = await startServer(
    loadConfig({
      ...holdfast.current.env,
      PORT: '0',
      LOG_LEVEL: 'silent',
      REQUESTS_AT_ONCE_MAX: String(ROOM),
    }),
  );
  onTestFinished(() => server.stop());
  const callers = Array.from({ length: ROOM }, () => halfACall(server));
  const url = `http://127.0.0.1:${server.port}`;
  await eventually(async () =>
    expect((await client({ url }).request('GET', '/api/events')).status).toBe(503),
  );
  return { url, makeRoom: () => callers.forEach((caller) => caller.destroy()) };
}

test('a page / the server is full / says so in plain words, asks again by itself, and is there when there is room', async () => {
  const { eventId } = await createSmallEvent(holdfast.current);
  const { url, makeRoom } = await fullServer();
  const page = await browser.newPage(PHONE);
  const refused = await page.goto(`${url}/events/${eventId}`);
  expect(refused?.status()).toBe(503);
  expect(refused?.headers()).toMatchObject({
    'cache-control': 'no-store',
    refresh: refused?.headers()['retry-after'],
  });
  await page.getByRole('heading', { name: 'Very many people are here right now' }).waitFor();
  await page.getByText(/^This page asks again by itself in \d+ s\./).waitFor();
  await page.waitForResponse((response) => response.url().endsWith(eventId) && response.status() === 503);
  makeRoom();
  await seatsAreKnown(page);
});

test('what a page is made of / the server is full / is given all the same to who has the page', async () => {
  const { url } = await fullServer();
  const { text } = await fetchText(`${holdfast.current.url}/`);
  const [script = ''] = /\/assets\/[^"]+\.js/.exec(text) ?? [];
  expect((await fetchText(`${url}${script}`)).status).toBe(200);
});

test('an address at which there is nothing / in a browser / a page in its language; a program is told in a document', async () => {
  const page = await browser.newPage({ locale: 'de-AT' });
  const missing = await page.goto(`${holdfast.current.url}/nothing`);
  expect(missing?.status()).toBe(404);
  await page.getByRole('heading', { name: 'Hier ist nichts' }).waitFor();
  await page.getByRole('link', { name: 'Zu allen Veranstaltungen' }).click();
  await page.waitForURL(`${holdfast.current.url}/`);
  expect(await client(holdfast.current).request('GET', '/nothing')).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
});

async function fetchText(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}
