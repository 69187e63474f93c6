/** Text made safe for HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A whole page, marked as the stand-in's. `body` is HTML already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} - Stripe stand-in</title>
<style>${style}</style>
</head>
<body>
<header class="banner"><strong>Stripe stand-in: no money moves.</strong> Use a test card, never a real one.</header>
<main>
${body}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light; --ink: #1a1f36; --quiet: #4f566b; --line: #8792a2; --act: #4434d4; --bad: #b3093c; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #f6f8fa; }
.banner { margin: 0; padding: .6rem 1rem; background: #ffe9a8; text-align: center; }
main { max-width: 30rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; margin: .6rem 0; }
.total { font-size: 2rem; font-weight: 700; margin: 0; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0 1rem; }
td, th { padding: .3rem 0; text-align: left; font-weight: 400; vertical-align: top; }
td:last-child { text-align: right; white-space: nowrap; }
label, legend { display: block; margin: .7rem 0 .2rem; font-weight: 600; }
input, select { width: 100%; font: inherit; padding: .6rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
button { width: 100%; font: inherit; font-weight: 700; padding: .9rem; margin-top: 1.2rem; border: 0; border-radius: 6px;
  color: #fff; background: var(--act); cursor: pointer; }
button.plain { color: var(--ink); background: #e3e8ee; margin-top: .6rem; }
:focus-visible { outline: 3px solid #0a66ff; outline-offset: 2px; }
a { color: var(--act); }
.error { padding: .7rem .9rem; border: 2px solid var(--bad); border-radius: 6px; color: var(--bad); background: #fff; }
details { margin-top: 1.5rem; color: var(--quiet); }
code { white-space: nowrap; }
`;
