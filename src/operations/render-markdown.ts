/**
 * The little of Markdown that our own pages use: headings (a heading of one `code` gets it as its anchor), paragraphs,
 * lists, `code` and **strong**. All else stays text; nothing in it becomes HTML.
 */
export function renderMarkdown(markdown: string): string {
  return markdown
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter(Boolean)
    .map((block) => renderBlock(block))
    .join('\n');
}

function renderBlock(block: string): string {
  const heading = /^(#{1,3}) (.+)$/.exec(block);
  if (heading !== null) {
    const [, marks = '#', text = ''] = heading;
    const anchor = /^`?([a-z0-9_]+)`?$/.exec(text)?.[1];
    const tag = `h${marks.length}`;
    return `<${tag}${anchor === undefined ? '' : ` id="${anchor}"`}>${inline(text)}</${tag}>`;
  }
  const lines = block.split('\n');
  if (lines.every((line) => line.startsWith('- '))) {
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join('')}</ul>`;
  }
  return `<p>${inline(lines.join(' '))}</p>`;
}

function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
