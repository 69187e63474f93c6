import { runOnNode24 } from './local/bootstrap.mjs';

await runOnNode24('tools/drill/run.ts', process.argv.slice(2));
