import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { PlainFailure } from './failure.ts';
import { findChromium, findMysql, findProgram, findRedis } from './programs.ts';

export interface Program {
  readonly name: string;
  /** Debian's packages of it that start no system service and change none. */
  readonly packages: readonly string[];
  isThere(): boolean;
}

export const MARIADB: Program = {
  name: 'MariaDB',
  packages: ['mariadb-server-core', 'mariadb-client-core'],
  isThere: () => findMysql() !== undefined,
};

/** redis-tools holds the server too, see `findRedis`. */
export function redis(linkFolder: string): Program {
  return {
    name: 'Redis',
    packages: ['redis-tools'],
    isThere: () => {
      const path = findRedis(linkFolder);
      return (
        path !== undefined && /server/i.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout)
      );
    },
  };
}

export const CHROMIUM: Program = {
  name: 'Chromium (for the browser tests)',
  packages: ['chromium'],
  isThere: () => findChromium() !== undefined,
};

/**
 * Installs from Debian what is missing of `programs`.
 * @throws PlainFailure when that takes root, or isn't a Debian, or the package servers can't be reached.
 */
export async function installMissing(
  programs: readonly Program[],
  logFile: string,
  say: (line: string) => void,
): Promise<void> {
  const missing = programs.filter((program) => !program.isThere());
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(' and ');
  const packages = missing.flatMap((program) => program.packages);
  if (findProgram('apt-get') === undefined) throw new PlainFailure(withoutApt(names));
  if (process.getuid?.() !== 0) throw new PlainFailure(withoutRoot(names, packages));
  say(`Installing ${names} from Debian's packages (once) ...`);
  const began = Date.now();
  // Package lists may be absent (in containers they are) or old; if they can't be had, the install tells why.
  await apt(['update'], logFile);
  const { code, output } = await apt(
    ['install', '-y', '--no-install-recommends', '--no-remove', ...packages],
    logFile,
  );
  if (code !== 0) throw new PlainFailure(whyAptFailed(names, packages, output));
  say(`  installed in ${Math.round((Date.now() - began) / 1000)} s`);
  const absent = missing.filter((program) => !program.isThere()).map(({ name }) => name);
  if (absent.length > 0) {
    throw new PlainFailure(
      `Debian's packages ${packages.join(' ')} brought no ${absent.join(' and ')} that runs: install it yourself, then try again.`,
    );
  }
}

const LOCK_WAIT_SECONDS = 180;

/**
 * apt is a process group of its own that writes to a file, so that it finishes in peace when we are stopped: a package
 * half installed would be a harm to the machine that outlasts us.
 */
async function apt(
  args: readonly string[],
  logFile: string,
): Promise<{ code: number | null; output: string }> {
  const options = ['-q', '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, '-o', 'Acquire::Retries=3'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const log = openSync(logFile, 'w');
  try {
    const child = spawn('apt-get', [...options, ...args], {
      env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    return { code, output: readFileSync(logFile, 'utf8') };
  } finally {
    closeSync(log);
  }
}

const NETWORK =
  /Could not resolve|Temporary failure|Unable to connect|Failed to fetch|Could not connect|Unable to locate/;

function whyAptFailed(names: string, packages: readonly string[], output: string): string {
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (/No space left|not have enough free space|don't have enough free space/.test(output)) {
    return `${names} not installed: no space is left on the disk; make room, then try again.`;
  }
  if (NETWORK.test(output)) {
    return `${names} not installed: Debian's package servers can't be reached; check the network (\`apt-get update\`), then try again. ${OWN_SERVERS}`;
  }
  const errors = output.split('\n').filter((line) => line.startsWith('E:'));
  return `${names} not installed: run \`${command}\` to see why. apt said: ${errors.slice(0, 2).join(' ')}`;
}

const OWN_SERVERS = 'Or set DATABASE_URL and REDIS_URL to servers that you have.';

function withoutRoot(names: string, packages: readonly string[]): string {
  return (
    `${names} not found, and installing takes root. Two ways out: run ` +
    `\`sudo apt-get install --no-install-recommends ${packages.join(' ')}\` and try again, ` +
    `or have Docker do it all: \`docker compose up\`. ${OWN_SERVERS}`
  );
}

function withoutApt(names: string): string {
  return (
    `${names} not found, and this is not a Debian where they could be installed. Two ways out: install them yourself ` +
    `(macOS: \`brew install mariadb redis\`) and try again, or have Docker do it all: \`docker compose up\`. ${OWN_SERVERS}`
  );
}
