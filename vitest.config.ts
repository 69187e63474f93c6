import { defineConfig } from 'vitest/config';

const TEST_TIMEOUT_MS = 60_000;
const HOOK_TIMEOUT_MS = 120_000;
/** On a machine of unknown load a time limit may be missed; what is wrong fails three times. */
const RETRIES = process.env['CI'] === undefined ? 0 : 2;

export default defineConfig({
  test: {
    include: ['{src,workers,db,tools,test}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A process for each file: tests start servers as children, and those end with the process that started them.
    pool: 'forks',
    // Two, as the machines that run this have two cores: more files at once only make time limits a lottery.
    maxWorkers: 2,
    retry: RETRIES,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: HOOK_TIMEOUT_MS,
    teardownTimeout: HOOK_TIMEOUT_MS,
  },
});
