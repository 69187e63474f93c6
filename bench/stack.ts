import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { migrate } from '../db/migrate.ts';
import { loadConfig } from '../src/platform/config.ts';
import { type Resources, openResources } from '../src/resources.ts';
import { startPrivateMariadb } from '../tools/local/private-mariadb.ts';
import { startPrivateRedis } from '../tools/local/private-redis.ts';
import { findMysql, findRedis } from '../tools/local/programs.ts';
import { freePort } from '../tools/local/free-port.ts';

const ROOT = new URL('..', import.meta.url).pathname;

/** All that a benchmark runs against: durable private stores, and processes of the real product. */
export type Stack = {
  readonly env: Readonly<Record<string, string>>;
  /** This process's own access to the stores, to set up and to count. */
  readonly resources: Resources;
  /** Starts a process and resolves when it has said that it is ready. */
  start(script: string, ready: RegExp, env?: Readonly<Record<string, string>>): Promise<Running>;
  stop(): Promise<void>;
};
export type Running = { readonly child: ChildProcess; readonly port: number; stop(): Promise<void> };

export async function openStack(settings: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const programs = findMysql();
  const redisProgram = findRedis(join(folder, 'bin'));
  if (programs === undefined || redisProgram === undefined)
    throw new Error('MariaDB or Redis is missing: run `npm start` once, which installs them.');
  const mariadb = await startPrivateMariadb({
    programs,
    folder: join(folder, 'mariadb'),
    user: 'holdfast',
    password: 'holdfast',
    database: 'holdfast',
    bufferPoolMb: 1024,
    connectionsMax: 300,
    flushLogAtCommit: 1,
  });
  const redis = await startPrivateRedis({
    program: redisProgram,
    folder: join(folder, 'redis'),
    appendonly: true,
  });
  const port = await freePort();
  const env = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    BASE_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: mariadb.url,
    REDIS_URL: redis.url,
    JWT_SECRET: 'a-secret-for-benchmarks-only-0123456789',
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRET: 'whsec_bench',
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '100000000',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
    ...settings,
  };
  const resources = await openResources(loadConfig({ ...env, LOG_LEVEL: 'error' }), 'bench');
  await migrate(resources.db);
  const running: Running[] = [];
  return {
    env,
    resources,
    async start(script, ready, extra = {}) {
      const process = await startProcess(script, ready, { ...env, ...extra });
      running.push(process);
      return process;
    },
    async stop() {
      await Promise.all(running.map((each) => each.stop()));
      await resources.close();
      await redis.stop();
      await mariadb.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startProcess(
  script: string,
  ready: RegExp,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  const args = (env['NODE_ARGS'] ?? '').split(' ').filter(Boolean);
  const child = spawn(process.execPath, [...args, script], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (ready.test(line)) said.resolve(line);
  });
  child.once('exit', (code) => said.reject(new Error(`${script} ended with ${code} before it was ready.`)));
  const line = await said.promise;
  return {
    child,
    port: Number(/(?:on |"port":)(\d+)/.exec(line)?.[1] ?? 0),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
