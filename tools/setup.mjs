import { runOnNode24 } from './local/bootstrap.mjs';

await runOnNode24('tools/local/setup.ts', process.argv.slice(2));
