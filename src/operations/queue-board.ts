import { fileURLToPath } from 'node:url';
import { serveFolder } from '../platform/http/static-files.ts';
import type { Mount } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { BOARD_PATH, hasBoardSession } from './board-session.ts';

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));

/** The board sets styles from its scripts and brings its data as a block in its page; nothing else is allowed beyond our own. */
const BOARD_CSP = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** BullMQ's dashboard, for administrators: whoever has no session for it gets a page to sign in. */
export function queueBoardMount(resources: Resources): Mount {
  let board: Promise<Mount['handler']> | null = null;
  const pages = serveFolder(PAGES, 'revalidated');
  return {
    path: BOARD_PATH,
    handler: async (req, res, next) => {
      if (req.path.startsWith('/pages/')) {
        req.url = req.url.slice('/pages'.length);
        return pages(req, res, next);
      }
      res.set('cache-control', 'no-store');
      if (!hasBoardSession(resources.config, req.headers.cookie)) {
        return res.status(401).sendFile('board-sign-in.html', { root: PAGES, cacheControl: false });
      }
      res.set('content-security-policy', BOARD_CSP);
      // Loaded when first looked at: few servers ever show it, and it is large.
      board ??= import('./open-queue-board.ts').then(({ openQueueBoard }) => openQueueBoard(resources));
      return (await board)(req, res, next);
    },
  };
}
