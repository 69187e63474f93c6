import { join } from 'node:path';
import { loadConfig } from '../../src/platform/config.ts';
import { PlainFailure, codeOf, messageOf } from './failure.ts';
import { freePort, whyTaken } from './free-port.ts';
import { ROOT } from './place.ts';

const PORT_DEFAULT = 3000;

/**
 * The shell's variables and those of `.env`, the shell's first; one that is empty counts as absent.
 * @throws PlainFailure when `.env` can't be read.
 */
export function readEnvironment(): NodeJS.ProcessEnv {
  try {
    process.loadEnvFile(join(ROOT, '.env'));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      throw new PlainFailure(`.env can't be read: ${messageOf(error)}`, { cause: error });
  }
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}

/** Stand in for what is only known once the private servers run, so that all else can be checked before. */
const KNOWN_LATER = {
  DATABASE_URL: 'mysql://localhost/holdfast',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: 'x'.repeat(64),
};
const STAND_IN_LATER = { STRIPE_SECRET_KEY: 'sk_test_later', STRIPE_WEBHOOK_SECRET: 'whsec_later' };

/**
 * Refuses variables that the processes would refuse, before anything is installed or started.
 * @throws PlainFailure naming every fault.
 */
export function checkEnvironment(env: NodeJS.ProcessEnv): void {
  const standIn = env['STRIPE_SECRET_KEY'] === undefined ? STAND_IN_LATER : {};
  try {
    loadConfig({ ...KNOWN_LATER, ...env, ...standIn });
  } catch (error) {
    const faults = messageOf(error)
      .replace(/\n\s*-\s*/, ' ')
      .replaceAll(/\n\s*-\s*/g, '; ');
    throw new PlainFailure(`${faults} (in the shell or in .env; .env.example explains each)`, {
      cause: error,
    });
  }
}

/**
 * The port that the server will have: PORT, or any free one for PORT=0.
 * @throws PlainFailure when it is taken or may not be used.
 */
export async function choosePort(env: NodeJS.ProcessEnv, host: string): Promise<number> {
  const port = Number(env['PORT'] ?? PORT_DEFAULT);
  if (port === 0) return await freePort();
  // A browser may take localhost for ::1, so a stranger there is in the way too.
  for (const each of new Set([host, '127.0.0.1', '::1'])) {
    const why = await whyTaken(port, each);
    const another = port < 65_000 ? Math.max(port, 1023) + 1 : PORT_DEFAULT;
    if (why === 'EADDRINUSE') {
      throw new PlainFailure(
        `Port ${port} is taken by another program: choose another, e.g. PORT=${another} npm start`,
      );
    }
    if (why !== undefined) {
      throw new PlainFailure(
        `Port ${port} can't be used at ${each} (${why}): choose another, e.g. PORT=${another} npm start`,
      );
    }
  }
  return port;
}
