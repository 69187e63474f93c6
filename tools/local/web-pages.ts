import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PlainFailure } from './failure.ts';
import { lastWords } from './child-log.ts';
import { ROOT } from './place.ts';
import { runToEnd } from './run-to-end.ts';

/**
 * Builds the web pages into web/dist.
 * @throws PlainFailure when the build fails.
 */
export async function buildWebPages(logFile: string, halt?: AbortSignal): Promise<void> {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', join('web', 'vite.config.ts'), '--logLevel', 'warn'];
  const code = await runToEnd({ args, env: process.env, logFile, halt });
  if (code !== 0) {
    throw new PlainFailure(
      `The web pages can't be built: ${await lastWords(logFile)} (run \`npm run build:web\` to see it all)`,
    );
  }
}

/** Whether the web pages are absent, or older than what they are made from. */
export function webPagesAreStale(): boolean {
  const web = join(ROOT, 'web');
  const built = join(web, 'dist', 'index.html');
  if (!existsSync(built)) return true;
  return (
    newest(web) > statSync(built).mtimeMs ||
    statSync(join(ROOT, 'package-lock.json')).mtimeMs > statSync(built).mtimeMs
  );
}

function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return 0;
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
  });
  return Math.max(0, ...times);
}
