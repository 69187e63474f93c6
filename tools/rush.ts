import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../src/platform/config.ts';
import { StartError, runProcess } from '../src/platform/shutdown.ts';
import { audit, waitForRest } from '../src/reconciliation/audit.ts';
import { type Resources, openResources } from '../src/resources.ts';
import { readRunningEnvironment } from './local/running-environment.ts';
import { createSale } from './rush/create-sale.ts';
import { type Fault, flushFault, killWorkerFault } from './rush/faults.ts';
import { printAudit } from './rush/print-audit.ts';
import { printRush, progressLine } from './rush/print-report.ts';
import { runRush } from './rush/run-rush.ts';

const HELP = `npm run rush -- [--buyers 1000] [--seats 100] ...

Sends a crowd to a running Holdfast: each buyer wants a random seat, goes on to another when told no until there is one
or all are sold, and pays at the Stripe stand-in. The system is the one that the environment names (DATABASE_URL,
REDIS_URL, JWT_SECRET, ...), or that \`npm start\` runs here. Ends with a report and an audit; exits 1 when anybody was
left without an answer, anything was lost, or the audit finds a breach.

  --buyers N      how many people (1000)
  --seats M       how many seats (100)
  --url URL       the server (BASE_URL of the environment, or http://localhost:3000)
  --event ID      an event on sale, instead of a new one; --seats is then the number of its seats
  --pay PART      the part of the buyers that pays, 0 to 1 (1); the rest leave their seats in the cart
  --kill-worker   kill the seat worker (SIGKILL) in the middle; --worker-pid PID if \`npm start\` does not run it
  --flush         FLUSHALL in Redis in the middle
  --seed N        another crowd
  --within S      seconds until the rush is given up (300)
`;
const REST_WITHIN_MS = 90_000;
/** A fault strikes when this part of the seats has been promised; a second one somewhat later. */
const STRIKE_AT = [0.3, 0.5];

async function main(): Promise<void> {
  const options = readOptions();
  if (options === null) return void process.stdout.write(HELP);
  const { env, runFolder } = readRunningEnvironment();
  const config = loadConfig({ ...env, LOG_LEVEL: 'fatal' });
  const resources = await openResources(config, 'rush');
  try {
    const faults: Fault[] = [
      ...(options.killWorker ? [killWorkerFault(runFolder, options.workerPid)] : []),
      ...(options.flush ? [flushFault(resources.redis)] : []),
    ];
    const isClean = await rushAndAudit(resources, config, options, faults);
    process.exitCode = isClean ? 0 : 1;
  } finally {
    await resources.close();
  }
}

async function rushAndAudit(
  resources: Resources,
  config: Config,
  options: Options,
  faults: readonly Fault[],
): Promise<boolean> {
  const url = options.url ?? config.http.baseUrl;
  const eventId = options.event ?? (await createSale(resources, url, options.seats));
  console.log(`${options.buyers} buyers, ${options.seats} seats, event ${eventId} at ${url}`);
  const result = await runRush({
    ...options,
    url,
    eventId,
    seatCount: options.seats,
    standInUrl: config.stripe.apiBase,
    onHeld: strikeAt(faults, options.seats),
    onProgress: progressLine(),
  });
  printRush(result);
  const unfinished = await waitForRest(resources, REST_WITHIN_MS);
  if (Object.keys(unfinished).length > 0) console.log(`not at rest: ${JSON.stringify(unfinished)}`);
  const report = await audit(resources);
  printAudit(report);
  return report.isClean && result.faults.length === 0;
}

function strikeAt(faults: readonly Fault[], seats: number): (held: number) => void {
  const due = faults.map((fault, index) => ({
    fault,
    at: Math.max(1, Math.floor(seats * (STRIKE_AT[index] ?? 1))),
  }));
  return (held) => {
    for (const { fault } of due.filter(({ at }) => at === held)) {
      fault.strike().then(
        () => console.log(`\n${fault.name}`),
        (error: unknown) => console.log(`\n${fault.name} FAILED: ${String(error)}`),
      );
    }
  };
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

/** null: help is asked for. @throws StartError that names the option which is wrong. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      buyers: { type: 'string', default: '1000' },
      seats: { type: 'string', default: '100' },
      url: { type: 'string' },
      event: { type: 'string' },
      pay: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      within: { type: 'string', default: '300' },
      'worker-pid': { type: 'string' },
      'kill-worker': { type: 'boolean', default: false },
      flush: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const workerPid = values['worker-pid'];
  return {
    buyers: numberIn('buyers', values.buyers, 1, 1_000_000),
    seats: numberIn('seats', values.seats, 1, 1_000_000),
    url: values.url ?? null,
    event: values.event ?? null,
    pay: numberIn('pay', values.pay, 0, 1),
    seed: numberIn('seed', values.seed, 0, 2 ** 32),
    withinMs: numberIn('within', values.within, 1, 86_400) * 1000,
    killWorker: values['kill-worker'],
    workerPid: workerPid === undefined ? null : numberIn('worker-pid', workerPid, 1, 2 ** 31),
    flush: values.flush,
  };
}

function numberIn(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new StartError(`--${name} must be a number from ${min} to ${max}.`);
}

if (import.meta.main) runProcess(main);
