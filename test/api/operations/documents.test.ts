import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ROUTES } from '../../../src/app.ts';
import { client } from '../../support/client.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const ROOT = new URL('../../../', import.meta.url);
const Catalogue = z.record(z.string(), z.object({ code: z.string(), status: z.int(), title: z.string() }));

/** Every problem of every `problems.ts`, and those of the platform. */
async function allProblems(): Promise<{ code: string; status: number }[]> {
  const files = [];
  for await (const file of glob('src/**/{problems,problem}.ts', { cwd: ROOT.pathname })) files.push(file);
  expect(files.length).toBeGreaterThan(5);
  const modules = await Promise.all(files.map((file) => import(new URL(file, ROOT).href)));
  return modules.flatMap((module: Record<string, unknown>) =>
    Object.values(module).flatMap((exported) => Object.values(Catalogue.safeParse(exported).data ?? {})),
  );
}

test('failures.md / every problem code / has a heading and says its status', async () => {
  const problems = await allProblems();
  const text = await readFile(new URL('docs/failures.md', ROOT), 'utf8');
  const sections = new Map(
    text
      .split('\n## ')
      .slice(1)
      .map((part) => [part.split('\n')[0] ?? '', part]),
  );
  const codes = [...new Set(problems.map(({ code }) => code))];
  expect(codes.filter((code) => !sections.has(`\`${code}\``))).toEqual([]);
  for (const { code, status } of problems) expect(sections.get(`\`${code}\``)).toContain(`**${status}**`);
});

test("a problem document / its type / leads to the code's place on a page", async () => {
  const { body } = await client(holdfast.current).request('GET', '/api/nothing');
  const page = await fetch(body.type);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await page.text()).toContain(`id="${new URL(body.type).hash.slice(1)}"`);
});

test('openapi.json / all routes and the stream / each operation once, with answers, problems and security', async () => {
  const { status, headers, body } = await client(holdfast.current).request('GET', '/openapi.json');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(body.openapi).toMatch(/^3\.1/);
  const paths = z
    .record(z.string(), z.record(z.string(), z.object({ operationId: z.string() })))
    .parse(body.paths);
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const mounted = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(documented.toSorted()).toEqual([...mounted, 'get /api/events/{eventId}/stream'].toSorted());
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(body.paths['/api/events/{eventId}/stream'].get).toMatchObject({
    security: [],
    responses: { 200: { content: { 'text/event-stream': {} } }, 404: {}, 429: {}, 503: {} },
  });
  expect(body.paths['/api/admin/queue/pause'].post.security).toEqual([{ accessToken: [] }]);
  expect(JSON.stringify(body)).not.toContain('"$ref":"#/undefined');
});

test('api-docs / all its files / come from here, under the strict policy', async () => {
  const page = await client(holdfast.current).request<string>('GET', '/api-docs');
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain('unsafe');
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
  expect(files.length).toBe(4);
  for (const file of files) {
    expect(file).toMatch(/^\/api-docs\//);
    expect((await client(holdfast.current).request('GET', file)).status).toBe(200);
  }
  expect((await client(holdfast.current).request('GET', '/api-docs/index.html')).status).toBe(404);
});
