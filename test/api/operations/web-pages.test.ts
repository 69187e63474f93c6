import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { expect, inject, onTestFinished, test } from 'vitest';
import { webPagesMounts } from '../../../src/web-pages.ts';

async function serve(folder: string) {
  const app = express();
  for (const mount of webPagesMounts(folder)) app.use(mount.path, mount.handler);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

async function builtPages(): Promise<string> {
  const folder = await mkdtemp(join(inject('runFolder'), 'web-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<h1>Seats</h1>');
  await writeFile(join(folder, 'favicon.svg'), '<svg/>');
  await writeFile(join(folder, 'assets', 'index-4f3a.js'), 'export {};');
  return folder;
}

test.each([
  '/',
  '/events/01',
  '/events/01/payments/02?from=stripe',
  '/bookings',
  '/sign-in',
  '/organiser/events/01',
])('web pages / %s / the page, asked for each time', async (path) => {
  const get = await serve(await builtPages());
  const page = await get(path);
  expect(page).toMatchObject({ status: 200, text: '<h1>Seats</h1>' });
  expect(page.headers.get('cache-control')).toBe('no-cache');
  // As a browser asks; fetch by itself would ask for a fresh copy.
  const headers = { 'if-none-match': page.headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
  const again = await get(path, { headers });
  expect(again.status).toBe(304);
});

test('web pages / assets / kept for ever; other files asked for again', async () => {
  const get = await serve(await builtPages());
  const asset = await get('/assets/index-4f3a.js');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
});

test.each(['/assets/gone.js', '/nothing', '/events/01/else', '/api/nothing', '/..%2fpackage.json'])(
  'web pages / %s / nothing',
  async (path) => {
    const get = await serve(await builtPages());
    expect((await get(path)).status).toBeGreaterThanOrEqual(400);
  },
);

test('web pages / not built / one plain line that says what to run', async () => {
  const get = await serve(join(inject('runFolder'), 'never-built'));
  const page = await get('/');
  expect(page.status).toBe(503);
  expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(page.text).toBe('The web pages are not built yet: run `npm run build:web`.\n');
});
