import { appendFileSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lastWords } from './child-log.ts';
import { DEMO_LOGINS, isForDemo } from './demo.ts';
import { checkEnvironment, choosePort, readEnvironment } from './environment.ts';
import { PlainFailure, messageOf } from './failure.ts';
import type { Local } from './local.ts';
import { stopLeftovers } from './pid-file.ts';
import { openPlace, releasePlace, takePlace } from './place.ts';
import type { Place } from './place.ts';
import { startProcesses } from './processes.ts';
import { runToEnd } from './run-to-end.ts';
import { keepEnvironment } from './running-environment.ts';
import { keepSettings, readSettings } from './settings.ts';
import { startStandIn } from './stand-in.ts';
import { startStores } from './stores.ts';
import { supervise } from './supervisor.ts';
import { together } from './together.ts';
import { buildWebPages, webPagesAreStale } from './web-pages.ts';

const PARENT_CHECK_INTERVAL_MS = 500;
const LOG_BYTES_MAX = 20 * 1024 * 1024;

const startedAt = Date.now();
const say = (line: string) => console.log(line);
const halt = new AbortController();
haltWhenTold();
process.exitCode = await main();
process.exit();

/** `npm start`: everything that Holdfast needs, from nothing, until told to stop. Returns the exit code. */
async function main(): Promise<number> {
  let place: Place | undefined;
  const supervisor = supervise(say);
  let failed = false;
  try {
    const env = readEnvironment();
    checkEnvironment(env);
    const host = env['HOST'] ?? '127.0.0.1';
    const port = await choosePort(env, host);
    place = openPlace(env);
    takePlace(place);
    await startAll(
      { env, place, settings: readSettings(place), supervisor, halt: halt.signal, say },
      host,
      port,
    );
    await halted();
  } catch (error) {
    failed = !halt.signal.aborted;
    if (failed) report(error, place);
  }
  if (!failed) say('Stopping ...');
  await supervisor.stopAll();
  if (place !== undefined) releasePlace(place);
  if (!failed) say('Stopped; the data is kept.');
  return failed ? 1 : 0;
}

async function startAll(local: Local, host: string, port: number): Promise<void> {
  const { env, place, settings } = local;
  const leftovers = await stopLeftovers(place.run, ['redis', 'database']);
  if (leftovers > 0) say(`Stopped ${leftovers} processes that an earlier start had left behind.`);
  shortenLogs(place);
  const { databaseUrl, redisUrl } = await startStores(local);
  const serverUrl = `http://${reachable(host)}:${port}`;
  const known = {
    // Most of a Node process's start is compiling: with this, only the first start does it.
    NODE_COMPILE_CACHE: join(place.folder, 'compile-cache'),
    ...env,
    HOST: host,
    PORT: String(port),
    BASE_URL: env['BASE_URL'] ?? `http://localhost:${port}`,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    JWT_SECRET: env['JWT_SECRET'] ?? settings.jwtSecret,
  };
  const [stripe] = await together([
    startStandIn(local, serverUrl),
    prepareDatabase(local, known),
    prepareWebPages(local),
  ]);
  const shared = { ...known, ...stripe };
  keepSettings(place, settings);
  keepEnvironment(place, shared);
  say('Starting the server, the seat worker and the cleanup worker ...');
  await startProcesses(local, shared, serverUrl);
  welcome(local, shared.BASE_URL);
}

/** Where we ourselves reach a server that listens at `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function prepareWebPages({ place, halt: stop }: Local): Promise<void> {
  if (!webPagesAreStale()) return;
  say('Building the web pages ...');
  await buildWebPages(join(place.logs, 'web-build.log'), stop);
}

async function prepareDatabase(
  { env, place, settings, halt: stop }: Local,
  shared: NodeJS.ProcessEnv,
): Promise<void> {
  say('Preparing the database ...');
  const logFile = join(place.logs, 'database.log');
  const steps = [
    { script: join('db', 'migrate.ts'), what: "The database's tables can't be brought up to date" },
    ...(isForDemo(env) ? [{ script: join('db', 'seed.ts'), what: "The demo events can't be made" }] : []),
  ];
  for (const { script, what } of steps) {
    const stepEnv = { ...shared, HOLDFAST_DEMO_PASSWORD: settings.demoPassword };
    const code = await runToEnd({ args: [script], env: stepEnv, logFile, halt: stop });
    if (code !== 0) throw new PlainFailure(`${what}: ${await lastWords(logFile)} (its log: ${logFile})`);
  }
}

function welcome({ env, place, settings }: Local, address: string): void {
  const logins = isForDemo(env)
    ? DEMO_LOGINS.map(
        ({ who, email }) => `  ${who.padEnd(14)} ${email.padEnd(24)} password ${settings.demoPassword}`,
      )
    : ['  logins         none made: the database is your own'];
  const payments =
    env['STRIPE_SECRET_KEY'] === undefined
      ? 'local stand-in for Stripe, no money moves; card 4242 4242 4242 4242'
      : 'Stripe, with your key';
  say('');
  say(`Holdfast is up at ${address}   (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  for (const line of logins) say(line);
  say(`  payments       ${payments}`);
  say(`  logs           ${place.logs}`);
  say('  to stop        Ctrl-C');
}

/** One line for whoever is at the terminal; a fault of ours leaves its stack in a file. */
function report(error: unknown, place: Place | undefined): void {
  if (error instanceof PlainFailure || place === undefined) {
    console.error(messageOf(error));
    return;
  }
  const file = join(place.logs, 'start.log');
  const stack = error instanceof Error ? error.stack : String(error);
  appendFileSync(file, `${new Date().toISOString()} ${stack}\n`);
  console.error(`Holdfast can't start: ${messageOf(error)} (more in ${file})`);
}

/** A log that has grown large is set aside at a start, in place of the one set aside before. */
function shortenLogs({ logs }: Place): void {
  for (const name of readdirSync(logs).filter((each) => each.endsWith('.log'))) {
    const file = join(logs, name);
    if (statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.old`);
  }
}

/** Ctrl-C, `kill`, the terminal's end, or the end of whoever started us (npm, killed hard). */
function haltWhenTold(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => halt.abort());
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && halt.abort(), PARENT_CHECK_INTERVAL_MS).unref();
  // With the terminal gone, writing to it fails; there is nobody to tell.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}

async function halted(): Promise<void> {
  if (halt.signal.aborted) return;
  await new Promise((resolve) => {
    halt.signal.addEventListener('abort', resolve, { once: true });
  });
}
