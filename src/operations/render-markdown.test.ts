import { expect, test } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';

test('renderMarkdown / headings, lists, paragraphs / HTML with the code as the anchor', () => {
  const html = renderMarkdown(
    '# Problems\n\n## `seats_taken`\n\nTold with **409**,\nonce.\n\n- one\n- `two`\n',
  );
  expect(html.split('\n')).toEqual([
    '<h1>Problems</h1>',
    '<h2 id="seats_taken"><code>seats_taken</code></h2>',
    '<p>Told with <strong>409</strong>, once.</p>',
    '<ul><li>one</li><li><code>two</code></li></ul>',
  ]);
});

test('renderMarkdown / HTML in the text / stays text', () => {
  expect(renderMarkdown('a <script>"x" & `<b>`')).toBe(
    '<p>a &lt;script&gt;&quot;x&quot; &amp; <code>&lt;b&gt;</code></p>',
  );
});
