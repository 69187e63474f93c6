import { join } from 'node:path';
import { startChild } from './child.ts';
import { RANK } from './local.ts';
import type { Local } from './local.ts';
import { ROOT } from './place.ts';
import { startPrivateServer } from './private-server.ts';

const READY_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 5_000;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Starts the local stand-in for Stripe unless there is a key for Stripe itself, and returns the variables by which our
 * processes reach it (none, when Stripe itself is used).
 */
export async function startStandIn(local: Local, serverUrl: string): Promise<NodeJS.ProcessEnv> {
  const { env, place, settings, supervisor, halt } = local;
  if (env['STRIPE_SECRET_KEY'] !== undefined) return {};
  halt.throwIfAborted();
  const logFile = join(place.logs, 'stripe-stand-in.log');
  const server = await startPrivateServer({
    name: 'Stripe stand-in',
    preferredPort: settings.ports.stripe,
    logFile,
    readyDeadlineMs: READY_DEADLINE_MS,
    stopDeadlineMs: STOP_DEADLINE_MS,
    urlAt: (port) => `http://127.0.0.1:${port}`,
    spawn: async (port) =>
      await startChild({
        command: process.execPath,
        args: [join('tools', 'stripe-stand-in', 'main.ts')],
        cwd: ROOT,
        env: {
          ...env,
          STRIPE_STAND_IN_PORT: String(port),
          STRIPE_STAND_IN_DATA: join(place.folder, 'stripe'),
          STRIPE_STAND_IN_WEBHOOK_URL: `${serverUrl}/api/stripe/webhook`,
          STRIPE_STAND_IN_WEBHOOK_SECRET: settings.stripeWebhookSecret,
        },
        logFile,
        pidFile: join(place.run, 'stripe-stand-in.pid'),
      }),
    // Any answer will do: its root page may say 404.
    probe: async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      });
      await answer.body?.cancel();
    },
  });
  settings.ports.stripe = server.port;
  supervisor.add({ name: 'Stripe stand-in', runnable: server, logFile, rank: RANK.standIn });
  return {
    STRIPE_SECRET_KEY: settings.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: settings.stripeWebhookSecret,
    STRIPE_API_BASE: server.url,
  };
}
