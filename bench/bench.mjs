import { runOnNode24 } from '../tools/local/bootstrap.mjs';

await runOnNode24('bench/run.ts', process.argv.slice(2));
