import { join } from 'node:path';
import { MARIADB, installMissing, redis } from './install-programs.ts';
import { RANK } from './local.ts';
import type { Local } from './local.ts';
import { startPrivateMariadb } from './private-mariadb.ts';
import { startPrivateRedis } from './private-redis.ts';
import { findMysql, findRedis } from './programs.ts';
import { together } from './together.ts';

/** Sized for a machine that also runs a browser and an editor. */
const BUFFER_POOL_MB = 256;
const CONNECTIONS_MAX = 300;

/** Starts the servers that the environment doesn't name, and returns where they are. */
export async function startStores(local: Local): Promise<{ databaseUrl: string; redisUrl: string }> {
  const { env, place, halt, say } = local;
  const ownDatabase = env['DATABASE_URL'];
  const ownRedis = env['REDIS_URL'];
  const needed = [
    ...(ownDatabase === undefined ? [MARIADB] : []),
    ...(ownRedis === undefined ? [redis(linkFolder(local))] : []),
  ];
  await installMissing(needed, join(place.logs, 'apt.log'), say);
  halt.throwIfAborted();
  if (needed.length > 0) say(`Starting ${needed.map(({ name }) => name).join(' and ')} ...`);
  const [databaseUrl, redisUrl] = await together([
    ownDatabase ?? startDatabase(local),
    ownRedis ?? startRedis(local),
  ]);
  return { databaseUrl, redisUrl };
}

async function startDatabase({ place, settings, supervisor }: Local): Promise<string> {
  const programs = findMysql();
  if (programs === undefined) throw new Error('MariaDB was there a moment ago');
  const folder = join(place.folder, 'mariadb');
  const server = await startPrivateMariadb({
    programs,
    folder,
    pidFile: join(place.run, 'database.pid'),
    port: settings.ports.mariadb,
    user: 'holdfast',
    password: settings.databasePassword,
    database: 'holdfast',
    bufferPoolMb: BUFFER_POOL_MB,
    connectionsMax: CONNECTIONS_MAX,
  });
  settings.ports.mariadb = server.port;
  supervisor.add({
    name: 'database',
    runnable: server,
    logFile: join(folder, 'mariadb.log'),
    rank: RANK.database,
  });
  return server.url;
}

async function startRedis(local: Local): Promise<string> {
  const { place, settings, supervisor } = local;
  const program = findRedis(linkFolder(local));
  if (program === undefined) throw new Error('Redis was there a moment ago');
  const folder = join(place.folder, 'redis');
  const server = await startPrivateRedis({
    program,
    folder,
    pidFile: join(place.run, 'redis.pid'),
    port: settings.ports.redis,
    password: settings.redisPassword,
    appendonly: true,
  });
  settings.ports.redis = server.port;
  supervisor.add({ name: 'Redis', runnable: server, logFile: join(folder, 'redis.log'), rank: RANK.redis });
  return server.url;
}

function linkFolder({ place }: Local): string {
  return join(place.folder, 'bin');
}
