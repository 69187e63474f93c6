import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { inject } from 'vitest';
import { freePort } from '../../tools/local/free-port.ts';
import { startPrivateMariadb } from '../../tools/local/private-mariadb.ts';
import { startPrivateRedis } from '../../tools/local/private-redis.ts';
import type { PrivateServer } from '../../tools/local/private-server.ts';
import { findChromium, findMysql, findRedis } from '../../tools/local/programs.ts';

export { freePort };
export type { PrivateServer };

export interface TestDatabase {
  /** mysql://user:password@host:port/database, of an account that may do everything in it. */
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** An empty database of the caller's own in the server that all tests share. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  const url = new URL(inject('databaseRootUrl'));
  url.pathname = `/${name}`;
  await asRoot(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  return { url: url.href, name, drop: async () => await asRoot(`DROP DATABASE IF EXISTS ${name}`) };
}

async function asRoot(sql: string): Promise<void> {
  const connection = await createConnection({ uri: inject('databaseRootUrl') });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

export interface TestRedisOptions {
  /** A port to use if it is free; by default any. */
  readonly port?: number;
  /** Its data's folder; by default a new one. */
  readonly dir?: string;
  /** Whether data survives `restart`; by default not. */
  readonly appendonly?: boolean;
}

/** A Redis of the caller's own (it takes tens of milliseconds). It dies with the process that started it. */
export async function startRedis(options: TestRedisOptions = {}): Promise<PrivateServer> {
  const program = findRedis(join(inject('runFolder'), 'bin'));
  if (program === undefined) throw new Error('No Redis on this machine: run `npm test`, which installs it.');
  return await startPrivateRedis({
    program,
    folder: options.dir ?? (await mkdtemp(join(inject('runFolder'), 'redis-'))),
    port: options.port,
    appendonly: options.appendonly ?? false,
  });
}

export interface TestMariadbOptions {
  readonly port?: number;
  /** Its data's folder; by default a new one. */
  readonly dir?: string;
}

/**
 * A MariaDB of the caller's own, with an empty database `holdfast`, for tests that kill or stop it; it takes seconds,
 * so a test that only wants tables uses `createDatabase`. It dies with the process that started it.
 */
export async function startMariadb(options: TestMariadbOptions = {}): Promise<PrivateServer> {
  const programs = findMysql();
  if (programs === undefined)
    throw new Error('No MariaDB on this machine: run `npm test`, which installs it.');
  return await startPrivateMariadb({
    programs,
    folder: options.dir ?? (await mkdtemp(join(inject('runFolder'), 'mariadb-'))),
    port: options.port,
    user: 'holdfast',
    password: 'holdfast',
    database: 'holdfast',
    bufferPoolMb: 64,
    connectionsMax: 100,
  });
}

/** The browser's path, for playwright-core's `executablePath`. */
export function chromiumPath(): string {
  const path = findChromium();
  if (path === undefined)
    throw new Error('No Chromium on this machine: run `npm test`, or set CHROMIUM_PATH.');
  return path;
}
