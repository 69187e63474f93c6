import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * A pid file holds the process id and, where the system tells (Linux), when that process started: the system gives ids
 * out again, and a stranger that has got an old one must not be stopped in its place.
 */
export function writePidFile(file: string, pid: number): void {
  writeFileSync(file, `${pid} ${startTimeOf(pid) ?? ''}\n`);
}

/** The process that a pid file names, if that very process still runs. */
export function livePid(file: string): number | undefined {
  const [pidText = '', startTime = ''] = readIfAny(file).trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || startTime === '') return undefined;
  return startTimeOf(pid) === startTime ? pid : undefined;
}

const LEFTOVER_DEADLINE_MS = 30_000;
const LEFTOVER_POLL_MS = 50;

/**
 * Ends what an earlier start left running (it was killed before it could), each in turn and waited for. The stores
 * named in `last` come last, in that order, so that those who use them can finish. Returns how many there were.
 */
export async function stopLeftovers(runFolder: string, last: readonly string[]): Promise<number> {
  const rank = (file: string) => last.indexOf(basename(file, '.pid'));
  const files = readdirSync(runFolder)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => join(runFolder, name))
    .toSorted((one, other) => rank(one) - rank(other));
  let stopped = 0;
  for (const file of files) {
    const pid = livePid(file);
    if (pid !== undefined) {
      stopped += 1;
      await stopByPid(pid, () => livePid(file) === pid);
    }
    rmSync(file, { force: true });
  }
  return stopped;
}

async function stopByPid(pid: number, isAlive: () => boolean): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + LEFTOVER_DEADLINE_MS;
  while (isAlive()) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => {
      setTimeout(resolve, LEFTOVER_POLL_MS);
    });
  }
}

/** Field 22 of /proc/PID/stat, counted after the name, which may hold anything; undefined when it doesn't run. */
function startTimeOf(pid: number): string | undefined {
  const stat = readIfAny(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  // A zombie has ended; only its parent hasn't asked yet.
  return state === undefined || state === '' || state === 'Z' ? undefined : fields[19];
}

function readIfAny(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
