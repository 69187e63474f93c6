import { parseArgs } from 'node:util';
import { loadConfig } from '../src/platform/config.ts';
import { runProcess } from '../src/platform/shutdown.ts';
import { audit, waitForRest } from '../src/reconciliation/audit.ts';
import { openResources } from '../src/resources.ts';
import { readRunningEnvironment } from './local/running-environment.ts';
import { printAudit } from './rush/print-audit.ts';

const HELP = `npm run audit -- [--wait] [--no-stripe]

Checks the invariants I1 to I5 over MySQL, Redis and Stripe of the system that the environment names (DATABASE_URL,
REDIS_URL, STRIPE_SECRET_KEY, ...), or that \`npm start\` runs here. Prints a line for each; exits 1 when one is breached.

  --wait        wait until the system rests first: queues empty, nothing overdue, nothing owed
  --no-stripe   leave Stripe's books out
`;
const REST_WITHIN_MS = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { wait: { type: 'boolean' }, 'no-stripe': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return void process.stdout.write(HELP);
  const { env } = readRunningEnvironment();
  const resources = await openResources(loadConfig({ ...env, LOG_LEVEL: 'fatal' }), 'audit');
  try {
    if (values.wait === true) {
      const unfinished = await waitForRest(resources, REST_WITHIN_MS);
      if (Object.keys(unfinished).length > 0) console.log(`not at rest: ${JSON.stringify(unfinished)}`);
    }
    const report = await audit(resources, { withStripe: values['no-stripe'] !== true });
    printAudit(report);
    process.exitCode = report.isClean ? 0 : 1;
  } finally {
    await resources.close();
  }
}

if (import.meta.main) runProcess(main);
