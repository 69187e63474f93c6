import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from './failure.ts';
import { CHROMIUM, MARIADB, installMissing, redis } from './install-programs.ts';

// `npm run setup`: all that npm start and npm test would install, and nothing started.
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-setup-'));
try {
  await installMissing([MARIADB, redis(scratch), CHROMIUM], join(scratch, 'apt.log'), (line) =>
    console.log(line),
  );
  console.log('Everything is installed: `npm start` starts Holdfast, `npm test` tests it.');
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
