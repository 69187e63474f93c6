import { afterAll, beforeAll } from 'vitest';
import { type RunningProcess, startSeatWorker } from '../../workers/seat-worker.ts';
import { startCleanupWorker } from '../../workers/cleanup-worker.ts';
import { migrate } from '../../db/migrate.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { startStandIn } from '../../tools/stripe-stand-in/start-stand-in.ts';
import { freePort } from './servers.ts';
import { createDatabase, startRedis } from './servers.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type StandIn = Awaited<ReturnType<typeof startStandIn>>;
export type TestRedis = Awaited<ReturnType<typeof startRedis>>;

/** A whole Holdfast of one's own: a fresh database, a fresh Redis, the processes in this one, and the stand-in. */
export type Holdfast = {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly server: RunningServer;
  readonly redis: TestRedis;
  readonly standIn: StandIn;
  seatWorker: RunningProcess | null;
  cleanupWorker: RunningProcess | null;
  stop(): Promise<void>;
};

export type HoldfastOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly seatWorker?: boolean;
  readonly cleanupWorker?: boolean;
};

const TEST_ENV = {
  HOST: '127.0.0.1',
  JWT_SECRET: 'a-secret-for-tests-only-0123456789abcdef',
  STRIPE_SECRET_KEY: 'sk_test_holdfast',
  STRIPE_WEBHOOK_SECRET: 'whsec_test_secret',
  STRIPE_REQUESTS_PER_SECOND: '1000',
  RATE_LIMIT_USER_PER_MINUTE: '100000',
  RATE_LIMIT_SIGN_IN_PER_MINUTE: '100000',
  LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
};

/** Starts all of it; by default with a seat worker and without a cleanup worker, whose work a test calls for itself. */
export async function startHoldfast(options: HoldfastOptions = {}): Promise<Holdfast> {
  const database = await createDatabase();
  const redis = await startRedis();
  const port = await freePort();
  const standIn = await startStandIn({
    port: 0,
    dataDir: await mkdtemp(join(tmpdir(), 'stand-in-')),
    webhook: { url: `http://127.0.0.1:${port}/api/stripe/webhook`, secret: TEST_ENV.STRIPE_WEBHOOK_SECRET },
  });
  const env = {
    ...TEST_ENV,
    PORT: String(port),
    BASE_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    STRIPE_API_BASE: standIn.url,
    ...options.env,
  };
  const config = loadConfig(env);
  const server = await startServer(config);
  await migrate(server.resources.db);
  const holdfast: Holdfast = {
    url: `http://127.0.0.1:${server.port}`,
    env,
    server,
    redis,
    standIn,
    seatWorker: options.seatWorker === false ? null : await startSeatWorker(config),
    cleanupWorker: options.cleanupWorker === true ? await startCleanupWorker(config) : null,
    async stop() {
      await holdfast.cleanupWorker?.stop();
      await holdfast.seatWorker?.stop();
      await server.stop();
      await standIn.stop();
      await redis.stop();
      await database.drop();
    },
  };
  return holdfast;
}

/** One Holdfast for all tests of a file. */
export function useHoldfast(options: HoldfastOptions = {}): { readonly current: Holdfast } {
  let holdfast: Holdfast | undefined;
  beforeAll(async () => {
    holdfast = await startHoldfast(options);
  });
  afterAll(async () => {
    await holdfast?.stop();
  });
  return {
    get current() {
      if (holdfast === undefined) throw new Error('Holdfast is not up yet: use it inside a test.');
      return holdfast;
    },
  };
}
