import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { sendCompressed, serveFolder } from '../platform/http/static-files.ts';
import { z } from 'zod';
import type { Config } from '../platform/config.ts';
import { openApiDocument } from '../platform/http/openapi.ts';
import type { Mount, Operation } from '../platform/http/route.ts';

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));

/** The package's own page would load a document from another site. */
const SWAGGER_FILES: ReadonlySet<string> = new Set([
  '/swagger-ui.css',
  '/swagger-ui-bundle.js',
  '/favicon-32x32.png',
]);

/** `/openapi.json`, and at `/api-docs` the same to read: all from this server, under its strict content security policy. */
export function apiDocsMounts(config: Config, operations: readonly Operation[]): Mount[] {
  const readDocument = () =>
    openApiDocument(operations, { version: readVersion(), baseUrl: config.http.baseUrl });
  let json: string | null = null;
  const ownFiles = serveFolder(PAGES, 'revalidated');
  const swaggerFiles = serveFolder(swaggerUiFolder(), 'revalidated');
  return [
    {
      path: '/openapi.json',
      handler: (req, res, next) => {
        if (req.path !== '/') return next();
        json ??= JSON.stringify(readDocument());
        res.set('cache-control', 'no-cache').type('application/json');
        sendCompressed(req, res, json);
      },
    },
    {
      path: '/api-docs',
      handler: (req, res, next) => {
        if (req.path === '/') return res.sendFile('api-docs.html', { root: PAGES, cacheControl: false });
        if (SWAGGER_FILES.has(req.path)) return swaggerFiles(req, res, next);
        if (!req.path.startsWith('/pages/')) return next();
        req.url = req.url.slice('/pages'.length);
        return ownFiles(req, res, next);
      },
    },
  ];
}

const Package = z.object({ version: z.string() });

function readVersion(): string {
  return Package.parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
    .version;
}
