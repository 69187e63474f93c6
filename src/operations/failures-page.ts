import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mount } from '../platform/http/route.ts';
import { serveFolder } from '../platform/http/static-files.ts';
import { renderMarkdown } from './render-markdown.ts';

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));
const FAILURES = new URL('../../docs/failures.md', import.meta.url);
/** Where the part begins that is for those who run Holdfast, not for those who call it. */
const FOR_OPERATORS = '\n# What a crash leaves\n';

/** `/problems`: where the `type` of every problem document points to, with the problem's code as the anchor. */
export function failuresMount(): Mount {
  const files = serveFolder(PAGES, 'revalidated');
  let page: string | null = null;
  return {
    path: '/problems',
    handler: (req, res, next) => {
      if (req.path === '/plain.css') return files(req, res, next);
      if (req.path !== '/') return next();
      page ??= pageOf(readFileSync(FAILURES, 'utf8'));
      return res.set('cache-control', 'no-cache').type('html').send(page);
    },
  };
}

function pageOf(markdown: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems - Holdfast</title>
<link rel="stylesheet" href="/problems/plain.css">
</head>
<body><main>
${renderMarkdown(markdown.split(FOR_OPERATORS)[0] ?? '')}
</main></body>
</html>
`;
}
