import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { lastWords } from './child-log.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { startPrivateServer } from './private-server.ts';
import type { PrivateServer } from './private-server.ts';
import type { MysqlPrograms } from './programs.ts';

export interface MariadbOptions {
  readonly programs: MysqlPrograms;
  /** Its own folder: data, socket, log. Filled at the first start, kept afterwards. */
  readonly folder: string;
  readonly port?: number | undefined;
  /** The one account that clients use; set at every start to what is given here. Letters and digits only. */
  readonly user: string;
  readonly password: string;
  /** The database that the account owns; without one the account may do everything. */
  readonly database?: string | undefined;
  readonly bufferPoolMb: number;
  readonly connectionsMax: number;
  /** InnoDB's meaning of a commit: 1 is on disk before it is acknowledged, 2 survives our crash but not the machine's. */
  readonly flushLogAtCommit?: 1 | 2 | undefined;
  readonly pidFile?: string | undefined;
}

const READY_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** The room for a socket's path in the kernel's sockaddr_un, less the closing zero. */
const SOCKET_PATH_BYTES_MAX = 107;

/**
 * Starts a MySQL-compatible server of our own on 127.0.0.1, making its data folder first if there is none. It reads no
 * configuration of the machine and shares nothing with a server that the machine may have.
 */
export async function startPrivateMariadb(options: MariadbOptions): Promise<PrivateServer> {
  const { folder, user, password, database } = options;
  const logFile = join(folder, 'mariadb.log');
  const account = { user, password, ...(database === undefined ? {} : { database }) };
  await mkdir(temporaryFolder(options), { recursive: true });
  await makeDataFolder(options, logFile);
  return await startPrivateServer({
    name: 'MariaDB',
    preferredPort: options.port,
    logFile,
    readyDeadlineMs: READY_DEADLINE_MS,
    stopDeadlineMs: STOP_DEADLINE_MS,
    urlAt: (port) => `mysql://${user}:${password}@127.0.0.1:${port}/${database ?? ''}`,
    spawn: async (port) => await spawnServer(options, port, logFile),
    probe: async (port) => {
      const connection = await createConnection({
        ...account,
        host: '127.0.0.1',
        port,
        connectTimeout: CONNECT_TIMEOUT_MS,
      });
      await connection.end();
    },
  });
}

async function spawnServer(options: MariadbOptions, port: number, logFile: string): Promise<Child> {
  const { folder, programs } = options;
  // The accounts are set by a file that the server runs before it takes connections: no password on a command line.
  const initFile = join(folder, 'accounts.sql');
  await writeFile(initFile, accountsSql(options), { mode: 0o600 });
  const sockets = await socketFolder(folder);
  const child = await startChild({
    command: programs.server,
    args: [
      ...commonArgs(options),
      `--bind-address=127.0.0.1`,
      `--port=${port}`,
      `--socket=${join(sockets, SOCKET_NAME)}`,
      `--pid-file=${join(folder, 'mariadb.pid')}`,
      `--init-file=${initFile}`,
      `--max-connections=${options.connectionsMax}`,
      `--innodb-buffer-pool-size=${options.bufferPoolMb}M`,
      `--innodb-flush-log-at-trx-commit=${options.flushLogAtCommit ?? 1}`,
      '--character-set-server=utf8mb4',
      '--default-time-zone=+00:00',
      '--skip-name-resolve',
      '--skip-log-bin',
      ...(programs.flavour === 'mysql' ? ['--mysqlx=OFF'] : []),
    ],
    logFile,
    pidFile: options.pidFile,
  });
  if (sockets !== folder)
    void child.exited.then(async () => await rm(sockets, { recursive: true, force: true }));
  return child;
}

const SOCKET_NAME = 'mariadb.sock';

/** Nobody connects by the socket, but the server insists on one, and on a path that fits. */
async function socketFolder(folder: string): Promise<string> {
  if (Buffer.byteLength(join(folder, SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX) return folder;
  return await mkdtemp(join(tmpdir(), 'holdfast-socket-'));
}

function commonArgs(options: MariadbOptions): string[] {
  // Its temporary tables are named by the process id, which another server's may repeat: in a container, say.
  const args = ['--no-defaults', `--datadir=${dataFolder(options)}`, `--tmpdir=${temporaryFolder(options)}`];
  // Servers refuse to run as root unless they are told that it is meant.
  if (process.getuid?.() === 0) args.push('--user=root');
  if (options.programs.flavour === 'mariadb') args.push('--innodb-log-file-size=64M');
  return args;
}

function dataFolder(options: MariadbOptions): string {
  return join(options.folder, 'data');
}

function temporaryFolder(options: MariadbOptions): string {
  return join(options.folder, 'tmp');
}

function accountsSql({ user, password, database }: MariadbOptions): string {
  const owned = database === undefined ? '*.*' : `\`${database}\`.*`;
  const lines = [
    `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}'`,
    `ALTER USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ALL PRIVILEGES ON ${owned} TO '${user}'@'%' WITH GRANT OPTION`,
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}'`,
  ];
  if (database !== undefined)
    lines.unshift(`CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4`);
  return lines.map((line) => `${line};\n`).join('');
}

/** Made under another name and renamed when whole, so that a crash half-way leaves nothing that looks finished. */
async function makeDataFolder(options: MariadbOptions, logFile: string): Promise<void> {
  const finished = dataFolder(options);
  if (existsSync(finished)) return;
  const making = `${finished}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  const common = commonArgs(options).map((arg) =>
    arg.startsWith('--datadir=') ? `--datadir=${making}` : arg,
  );
  const { flavour, installer, server } = options.programs;
  if (flavour === 'mariadb' && installer !== undefined) {
    const quiet = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
    await run(installer, [...common, ...quiet], logFile);
  } else {
    await run(server, [...common, '--initialize-insecure'], logFile);
  }
  await rename(making, finished);
}

async function run(command: string, args: readonly string[], logFile: string): Promise<void> {
  const log = await open(logFile, 'a');
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawn(command, args, { stdio: ['ignore', log.fd, log.fd] });
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code === 0) return;
  } finally {
    await log.close();
  }
  throw new Error(`${command} could not make an empty database (${logFile}): ${await lastWords(logFile)}`);
}
