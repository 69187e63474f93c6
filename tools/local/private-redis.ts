import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { startPrivateServer } from './private-server.ts';
import type { PrivateServer } from './private-server.ts';

export interface RedisOptions {
  /** A path of redis-server or valkey-server. */
  readonly program: string;
  /** Its own folder: configuration, append-only file, log. */
  readonly folder: string;
  readonly port?: number | undefined;
  readonly password?: string | undefined;
  /** With `appendonly` what was acknowledged a second ago survives a crash; without it a restart is empty. */
  readonly appendonly: boolean;
  readonly pidFile?: string | undefined;
}

const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Starts a Redis of our own on 127.0.0.1. It never evicts a key: a lock or a queued job that vanishes because memory
 * ran short would be a seat sold twice, so a full Redis refuses writes instead.
 */
export async function startPrivateRedis(options: RedisOptions): Promise<PrivateServer> {
  const { folder, password } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, 'redis.conf');
  const logFile = join(folder, 'redis.log');
  return await startPrivateServer({
    name: 'Redis',
    preferredPort: options.port,
    logFile,
    readyDeadlineMs: READY_DEADLINE_MS,
    stopDeadlineMs: STOP_DEADLINE_MS,
    urlAt: (port) => `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}/0`,
    spawn: async (port) => {
      // The password goes through a file: a command line can be read by every user of the machine.
      await writeFile(configFile, configuration(options, port), { mode: 0o600 });
      return await startChild({
        command: options.program,
        args: [configFile],
        cwd: folder,
        logFile,
        pidFile: options.pidFile,
      });
    },
    probe: async (port) => await ping(port, password),
  });
}

function configuration(options: RedisOptions, port: number): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    'daemonize no',
    'dir ./',
    'save ""',
    `appendonly ${options.appendonly ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'tcp-backlog 511',
  ];
  if (options.password !== undefined) lines.push(`requirepass ${options.password}`);
  return `${lines.join('\n')}\n`;
}

/** Resolves when Redis has its data in memory and answers PONG. */
async function ping(port: number, password: string | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let reply = '';
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`Redis answered ${reply.trim()}`)));
    socket.on('data', (bytes) => {
      reply += bytes.toString('latin1');
      if (reply.endsWith('+PONG\r\n')) resolve();
      if (reply.endsWith('\r\n')) socket.end();
    });
    socket.write(`${password === undefined ? '' : `AUTH ${password}\r\n`}PING\r\n`);
  });
}
