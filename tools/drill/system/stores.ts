import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../../src/platform/mysql.ts';
import { startPrivateMariadb } from '../../local/private-mariadb.ts';
import { startPrivateRedis } from '../../local/private-redis.ts';
import type { PrivateServer } from '../../local/private-server.ts';
import { findMysql, findRedis } from '../../local/programs.ts';

/** MariaDB and Redis of a drill's own, durable as in production, for as many systems as come one after the other. */
export type Stores = {
  readonly mariadb: PrivateServer;
  readonly redis: PrivateServer;
  /** Makes an empty database beside the others and returns its address. */
  newDatabase(): Promise<string>;
  /** Kills Redis, and starts it again with what is in its append-only file, or with nothing. */
  restartRedis(what: 'empty' | 'from its file', afterMs: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

const BUFFER_POOL_MB = 128;
const CONNECTIONS_MAX = 200;

/** @throws when MariaDB or Redis is not on this machine. */
export async function startStores(folder: string): Promise<Stores> {
  const programs = findMysql();
  const program = findRedis(join(folder, 'bin'));
  if (programs === undefined || program === undefined) throw new Error('MariaDB or Redis is missing.');
  const redisFolder = join(folder, 'redis');
  const [mariadb, redis] = await Promise.all([
    startPrivateMariadb({
      programs,
      folder: join(folder, 'mariadb'),
      user: 'drill',
      password: 'drill',
      bufferPoolMb: BUFFER_POOL_MB,
      connectionsMax: CONNECTIONS_MAX,
      flushLogAtCommit: 1,
    }),
    startPrivateRedis({ program, folder: redisFolder, appendonly: true }),
  ]);
  let databases = 0;
  return {
    mariadb,
    redis,
    async newDatabase() {
      databases += 1;
      const name = `drill_${databases}`;
      const connection = await createConnection(connectionOptions(mariadb.url));
      await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      await connection.end();
      return new URL(`/${name}`, mariadb.url).href;
    },
    async restartRedis(what, afterMs) {
      await redis.kill();
      if (what === 'empty') await rm(join(redisFolder, 'appendonlydir'), { recursive: true, force: true });
      await afterMs();
      await redis.restart();
    },
    async stop() {
      await Promise.all([redis.stop(), mariadb.stop()]);
    },
  };
}
