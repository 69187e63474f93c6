import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { tiedToUs } from './child.ts';
import { PlainFailure, messageOf } from './failure.ts';
import { CHROMIUM, MARIADB, installMissing, redis } from './install-programs.ts';
import { ROOT } from './place.ts';
import { buildWebPages, webPagesAreStale } from './web-pages.ts';

const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
});

// `npm test [-- arguments of vitest]`: installs what the tests need, builds the web pages, runs vitest, and closes with
// the line `N passed, N failed`. A run in which no test ran has failed.
const say = (line: string) => console.log(line);
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-tests-'));
try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof PlainFailure ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function runTests(args: readonly string[]): Promise<number> {
  const database = process.env['TEST_DATABASE_ROOT_URL'] ? [] : [MARIADB];
  await installMissing([...database, redis(scratch), CHROMIUM], join(scratch, 'apt.log'), say);
  if (webPagesAreStale()) {
    say('Building the web pages ...');
    await buildWebPages(join(scratch, 'web-build.log'));
  }
  const report = join(scratch, 'report.json');
  const code = await vitest([
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  const { passed, failed, skipped } = readTotals(report);
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return code === 0 && passed + failed === 0 ? 1 : code;
}

async function vitest(args: readonly string[]): Promise<number> {
  const program = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const [command, all] = tiedToUs(process.execPath, [program, 'run', ...args]);
  const child = spawn(command, all, { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function readTotals(report: string): { passed: number; failed: number; skipped: number } {
  try {
    const totals = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
    return {
      passed: totals.numPassedTests,
      failed: totals.numFailedTests,
      skipped: totals.numPendingTests + totals.numTodoTests,
    };
  } catch (error) {
    say(`No report of the tests: ${messageOf(error)}`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
