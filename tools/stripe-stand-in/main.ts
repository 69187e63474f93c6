/**
 * PROCESS: the Stripe stand-in, a local server that plays the part of Stripe's API that a shop with Checkout
 * needs. It listens on 127.0.0.1 only, takes only test keys, and no money moves. README.md says the rest.
 *
 *   STRIPE_STAND_IN_PORT            port; 0, the default, for any free one
 *   STRIPE_STAND_IN_DATA            folder for its journal; default .holdfast/stripe-stand-in
 *   STRIPE_STAND_IN_WEBHOOK_URL     an endpoint to tell of what happens ...
 *   STRIPE_STAND_IN_WEBHOOK_SECRET  ... the secret to sign with ...
 *   STRIPE_STAND_IN_WEBHOOK_EVENTS  ... and what to tell: types with commas between, or *; default: what a shop needs
 */
import { startStandIn, type StandIn, type StandInOptions } from './start-stand-in.ts';

const stopWithinMs = 1_800;
const dataDirDefault = '.holdfast/stripe-stand-in';

const options = readEnvironment(process.env);
let standIn: StandIn;
try {
  standIn = await startStandIn(options);
} catch (error) {
  fail(explain(error, options));
}
console.log(`stripe stand-in listening on ${standIn.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());

async function stop(): Promise<void> {
  setTimeout(() => process.exit(0), stopWithinMs).unref();
  await standIn.stop();
  process.exit(0);
}

function readEnvironment(env: NodeJS.ProcessEnv): StandInOptions {
  const port = Number(env['STRIPE_STAND_IN_PORT'] ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    fail('STRIPE_STAND_IN_PORT must be a port, or 0 for any free one.');
  const url = env['STRIPE_STAND_IN_WEBHOOK_URL'] ?? '';
  const secret = env['STRIPE_STAND_IN_WEBHOOK_SECRET'] ?? '';
  const events = env['STRIPE_STAND_IN_WEBHOOK_EVENTS'] ?? '';
  if ((url === '') !== (secret === '')) {
    fail('Set both STRIPE_STAND_IN_WEBHOOK_URL and STRIPE_STAND_IN_WEBHOOK_SECRET, or neither.');
  }
  return {
    port,
    dataDir: env['STRIPE_STAND_IN_DATA'] ?? dataDirDefault,
    ...(url === ''
      ? {}
      : { webhook: { url, secret, ...(events === '' ? {} : { events: events.split(',') }) } }),
    onFailure: (error) => fail(`The Stripe stand-in can't write its journal any more: ${error.message}`),
  };
}

function explain(error: unknown, { port, dataDir }: StandInOptions): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken: stop what listens there, or set STRIPE_STAND_IN_PORT to another (0 for any free one).`;
  }
  const syscall = error instanceof Error && 'syscall' in error ? String(error.syscall) : '';
  if (code === 'EACCES' && syscall === 'listen') {
    return `Port ${port} needs more rights: set STRIPE_STAND_IN_PORT to one above 1023.`;
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'].includes(code)) {
    return `The folder ${dataDir} can't be used (${code}): make it writable, or set STRIPE_STAND_IN_DATA to another.`;
  }
  return `The Stripe stand-in could not start: ${String(error)}`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
