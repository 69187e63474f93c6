import { spawn } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { DEMO_LOGINS } from './demo.ts';
import { PlainFailure, messageOf } from './failure.ts';
import { ROOT, openPlace } from './place.ts';
import { keepSettings, readSettings } from './settings.ts';
import type { Settings } from './settings.ts';

/**
 * What docker-compose.yml runs, in containers that share the folder HOLDFAST_DATA:
 *
 *   container.ts prepare       once, before all others: makes the secrets, migrates, makes the demo events and logins
 *   container.ts run SCRIPT    one of the three processes
 *   container.ts stand-in      the local stand-in for Stripe, unless there is a key for Stripe itself
 */
const STAND_IN_PORT_DEFAULT = '12111';
/** The stand-in listens on its container's 127.0.0.1 only; other containers and Docker reach it through this port. */
const STAND_IN_DOOR = 8080;

const place = openPlace(process.env);
try {
  const [command, script] = process.argv.slice(2);
  if (command === 'prepare') await prepare();
  else if (command === 'run' && script !== undefined) become(script, processEnvironment(readSettings(place)));
  else if (command === 'stand-in') standIn();
  else throw new PlainFailure('Usage: container.ts prepare | run SCRIPT | stand-in');
} catch (error) {
  console.error(error instanceof PlainFailure ? error.message : error);
  process.exitCode = 1;
}

async function prepare(): Promise<void> {
  const settings = readSettings(place);
  keepSettings(place, settings);
  const env = { ...process.env, HOLDFAST_DEMO_PASSWORD: settings.demoPassword };
  for (const script of [join('db', 'migrate.ts'), join('db', 'seed.ts')]) {
    const child = spawn(process.execPath, [script], { cwd: ROOT, env, stdio: 'inherit' });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new PlainFailure(`${script} failed (exit code ${String(code)})`);
  }
  for (const { who, email } of DEMO_LOGINS)
    console.log(`${who}: ${email}, password ${settings.demoPassword}`);
}

function processEnvironment(settings: Settings): NodeJS.ProcessEnv {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const stripe =
    given['STRIPE_SECRET_KEY'] === undefined
      ? {
          STRIPE_SECRET_KEY: settings.stripeSecretKey,
          STRIPE_WEBHOOK_SECRET: settings.stripeWebhookSecret,
          STRIPE_API_BASE: given['STRIPE_STAND_IN_URL'],
        }
      : {};
  return { JWT_SECRET: settings.jwtSecret, ...given, ...stripe };
}

function standIn(): void {
  if ((process.env['STRIPE_SECRET_KEY'] ?? '') !== '') {
    console.log('There is a key for Stripe itself: no stand-in.');
    return;
  }
  const port = process.env['STRIPE_STAND_IN_PORT'] || STAND_IN_PORT_DEFAULT;
  const child = spawn(process.execPath, [join('tools', 'stripe-stand-in', 'main.ts')], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      STRIPE_STAND_IN_PORT: port,
      STRIPE_STAND_IN_DATA: join(place.folder, 'stripe'),
      STRIPE_STAND_IN_WEBHOOK_SECRET: readSettings(place).stripeWebhookSecret,
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => console.error(messageOf(error)));
  child.once('exit', (code) => process.exit(code ?? 1));
  createServer((visitor) => {
    const inside = connect({ host: '127.0.0.1', port: Number(port) });
    visitor.pipe(inside).pipe(visitor);
    visitor.once('error', () => inside.destroy());
    inside.once('error', () => visitor.destroy());
  }).listen(STAND_IN_DOOR);
}

/** Turns this process into the other, so that it is the one that Docker watches and signals. */
function become(script: string, env: NodeJS.ProcessEnv): void {
  if (process.execve === undefined)
    throw new PlainFailure('This Node has no process.execve: Node 24 is needed.');
  process.chdir(ROOT);
  process.execve(process.execPath, [process.execPath, script], env);
}
