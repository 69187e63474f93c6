import { fileURLToPath } from 'node:url';
import { serveFolder } from './platform/http/static-files.ts';
import type { Mount } from './platform/http/route.ts';

export const WEB_FOLDER = fileURLToPath(new URL('../web/dist/', import.meta.url));

/** The addresses that the browser's router knows; at any other address there is nothing. */
const PAGE_PATH =
  /^\/(?:|events\/[\w-]+(?:\/payments\/[\w-]+)?|bookings(?:\/[\w-]+)?|sign-in|register|organiser(?:\/[\w/-]*)?)\/?$/;

const NOT_BUILT = 'The web pages are not built yet: run `npm run build:web`.\n';

/**
 * The built pages. Assets carry a hash of their content in their names, so they may be kept for ever; the page that
 * names them is asked for each time.
 */
export function webPagesMounts(folder = WEB_FOLDER): Mount[] {
  const files = serveFolder(folder, 'revalidated');
  const assets = serveFolder(`${folder}/assets`, 'lasting');
  return [
    { path: '/assets', handler: assets },
    {
      path: '/',
      handler: (req, res, next) => {
        if (req.method !== 'GET' && req.method !== 'HEAD') return next();
        if (!PAGE_PATH.test(req.path)) return files(req, res, next);
        res.set('cache-control', 'no-cache');
        return res.sendFile('index.html', { root: folder, cacheControl: false }, (error) => {
          if (error === undefined || error === null || res.headersSent) return;
          if (isMissing(error)) res.status(503).type('text/plain').send(NOT_BUILT);
          else next(error);
        });
      },
    },
  ];
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}
