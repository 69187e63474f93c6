import { accessSync, constants, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps servers in the sbin folders, which are not on an ordinary user's PATH. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/usr/libexec', '/opt/homebrew/bin'];

/** The first of `names` that can be run, as a full path. */
export function findProgram(...names: string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SERVER_FOLDERS];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder !== '' && isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface MysqlPrograms {
  readonly flavour: 'mariadb' | 'mysql';
  readonly server: string;
  /** The script that makes an empty data folder; MySQL's server does that itself. */
  readonly installer?: string;
}

/** A MySQL-compatible server on this machine; MariaDB goes first, being what Debian has. */
export function findMysql(): MysqlPrograms | undefined {
  const mariadb = findProgram('mariadbd');
  const installer = findProgram('mariadb-install-db', 'mysql_install_db');
  // The installer is a script that can't do without this program, which Debian keeps in another package.
  if (mariadb !== undefined && installer !== undefined && findProgram('my_print_defaults') !== undefined) {
    return { flavour: 'mariadb', server: mariadb, installer };
  }
  const mysql = findProgram('mysqld');
  return mysql === undefined ? undefined : { flavour: 'mysql', server: mysql };
}

/**
 * A Redis or Valkey server on this machine. Debian's package `redis-server` is a system service and a link named
 * redis-server to redis-check-rdb, which is the same program and comes with `redis-tools`. With only the tools there
 * (which is what we install, so that no service is touched) the link is made in `linkFolder`.
 */
export function findRedis(linkFolder: string): string | undefined {
  const server = findProgram('redis-server', 'valkey-server');
  if (server !== undefined) return server;
  const tool = findProgram('redis-check-rdb', 'valkey-check-rdb');
  if (tool === undefined) return undefined;
  const link = join(linkFolder, tool.endsWith('valkey-check-rdb') ? 'valkey-server' : 'redis-server');
  mkdirSync(linkFolder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(tool, link);
  return link;
}

/** The browser of the tests: CHROMIUM_PATH, else the first on this machine. */
export function findChromium(): string | undefined {
  return (
    process.env['CHROMIUM_PATH'] ??
    findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
  );
}
