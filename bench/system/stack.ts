import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../db/migrate.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { type AuditReport, audit, waitForRest } from '../../src/reconciliation/audit.ts';
import { type Resources, openResources } from '../../src/resources.ts';
import { freePort } from '../../tools/local/free-port.ts';
import { startPrivateMariadb } from '../../tools/local/private-mariadb.ts';
import type { PrivateServer } from '../../tools/local/private-server.ts';
import { startPrivateRedis } from '../../tools/local/private-redis.ts';
import { findMysql, findRedis } from '../../tools/local/programs.ts';
import { type Generator, startGenerator } from '../load/fleet.ts';
import { type NodeProcess, startNode } from './node-process.ts';

/** Durable stores of a benchmark's own, and the processes of the real product with everything on. */
export type Stack = {
  /** This process's own access to the stores, to set up and to count. */
  readonly resources: Resources;
  readonly servers: readonly NodeProcess[];
  readonly workers: readonly NodeProcess[];
  /** Everything whose processor time counts, the product's and the baselines'. */
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  /** null unless it was asked for. */
  readonly standIn: NodeProcess | null;
  generator(): Generator;
  baseline(name: 'bare' | 'plain' | 'nothing'): Promise<NodeProcess>;
  startServer(): Promise<NodeProcess>;
  startSeatWorker(): Promise<NodeProcess>;
  /** Waits until all is at rest, then checks the invariants. */
  audit(): Promise<AuditReport>;
  /** Stops everything; profiles are written by then, and handed to `onProfiles` before they are removed. */
  stop(): Promise<void>;
};

export type StackOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly servers?: number;
  readonly withStandIn?: boolean;
  /** Profiles the product's processes, and calls back with the files when they have stopped. */
  readonly onProfiles?: ((files: readonly string[]) => Promise<void>) | undefined;
};

const SECRET = 'whsec_bench';
const BUFFER_POOL_MB = 1_024;
const CONNECTIONS_MAX = 300;
const REST_WITHIN_MS = 120_000;
/** Samples twice a millisecond. */
const PROFILE_INTERVAL_US = 500;

export async function openStack(options: StackOptions = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const stores = await startStores(folder);
  const env = await environment(stores, options);
  const resources = await openResources(loadConfig({ ...env, LOG_LEVEL: 'error' }), 'bench');
  await migrate(resources.db);
  const family = openFamily(folder, env, options.onProfiles !== undefined);
  const servers = [await family.server(Number(env['PORT']))];
  for (let count = 1; count < (options.servers ?? 1); count += 1) servers.push(await family.server(0));
  const workers = [
    await family.start('seat worker', 'workers/seat-worker.ts', /seat-worker\.ready/),
    await family.start('cleanup worker', 'workers/cleanup-worker.ts', /cleanup-worker\.ready/),
  ];
  const standIn = options.withStandIn === true ? await family.standIn() : null;
  const generators: Generator[] = [];
  return {
    resources,
    servers,
    workers,
    standIn,
    get processes() {
      return [
        ...family.running,
        { name: 'Redis', pid: stores.redis.pid() },
        { name: 'MariaDB', pid: stores.mariadb.pid() },
      ];
    },
    generator() {
      const generator = startGenerator();
      generators.push(generator);
      return generator;
    },
    baseline: (name) => family.start(`baseline ${name}`, `bench/baselines/${name}.ts`, /"port":\d+/),
    startServer: () => family.server(0),
    startSeatWorker: () => family.start('seat worker', 'workers/seat-worker.ts', /seat-worker\.ready/),
    async audit() {
      await waitForRest(resources, REST_WITHIN_MS);
      return audit(resources, { withStripe: standIn !== null });
    },
    async stop() {
      await Promise.all(generators.map((each) => each.stop()));
      await Promise.all(family.running.map((each) => each.stop()));
      await resources.close();
      await Promise.all([stores.redis.stop(), stores.mariadb.stop()]);
      await options.onProfiles?.(await profilesIn(folder));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Stores = { readonly mariadb: PrivateServer; readonly redis: PrivateServer };

async function startStores(folder: string): Promise<Stores> {
  const programs = findMysql();
  const program = findRedis(join(folder, 'bin'));
  if (programs === undefined || program === undefined) throw new Error('MariaDB or Redis is missing.');
  const [mariadb, redis] = await Promise.all([
    startPrivateMariadb({
      programs,
      folder: join(folder, 'mariadb'),
      user: 'holdfast',
      password: 'holdfast',
      database: 'holdfast',
      bufferPoolMb: BUFFER_POOL_MB,
      connectionsMax: CONNECTIONS_MAX,
      flushLogAtCommit: 1,
    }),
    startPrivateRedis({ program, folder: join(folder, 'redis'), appendonly: true }),
  ]);
  return { mariadb, redis };
}

async function environment(
  { mariadb, redis }: Stores,
  { env, withStandIn }: StackOptions,
): Promise<Readonly<Record<string, string>>> {
  const port = await freePort();
  const standInPort = withStandIn === true ? await freePort() : 9;
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    BASE_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: mariadb.url,
    REDIS_URL: redis.url,
    JWT_SECRET: 'a-secret-for-benchmarks-only-0123456789',
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${standInPort}`,
    // Counted as ever; raised, because all buyers come from one address here and do in seconds what takes minutes.
    RATE_LIMIT_ADDRESS_PER_MINUTE: '100000000',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
    ...env,
  };
}

/** The processes of a stack that are ours. */
function openFamily(folder: string, env: Readonly<Record<string, string>>, isProfiled: boolean) {
  const running: NodeProcess[] = [];
  const start = async (
    name: string,
    script: string,
    ready: RegExp,
    extra: Readonly<Record<string, string>> = {},
  ) => {
    const file = `${name.replaceAll(' ', '-')}-${running.length}`;
    const profiling = [
      '--cpu-prof',
      `--cpu-prof-interval=${PROFILE_INTERVAL_US}`,
      `--cpu-prof-dir=${folder}`,
    ];
    const started = await startNode({
      name,
      script,
      ready,
      env: { ...env, ...extra },
      logFile: join(folder, `${file}.log`),
      nodeArgs: isProfiled ? [...profiling, `--cpu-prof-name=${file}.cpuprofile`] : [],
    });
    running.push(started);
    return started;
  };
  return {
    running,
    start,
    server: (port: number) => start('server', 'src/server.ts', /server\.listening/, { PORT: String(port) }),
    standIn: () =>
      start('stripe stand-in', 'tools/stripe-stand-in/main.ts', /listening on/, {
        STRIPE_STAND_IN_PORT: new URL(env['STRIPE_API_BASE'] ?? '').port,
        STRIPE_STAND_IN_DATA: join(folder, 'stripe'),
        STRIPE_STAND_IN_WEBHOOK_URL: `${env['BASE_URL']}/api/stripe/webhook`,
        STRIPE_STAND_IN_WEBHOOK_SECRET: SECRET,
      }),
  };
}

async function profilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.cpuprofile')).map((name) => join(folder, name));
}
