import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { livePid } from '../../tools/local/pid-file.ts';
import { ROOT } from '../../tools/local/place.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/servers.ts';

const UP_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 30_000;
const PROCESSES = ['cleanup-worker', 'database', 'redis', 'seat-worker', 'server', 'stripe-stand-in'];

/** Runs `npm start` as a person would; what it prints is in `output()`. */
function npmStart(env: Record<string, string>) {
  // Only what a login shell has: vitest's own variables (it sets BASE_URL, for one) must not reach Holdfast.
  const shell = Object.fromEntries(SHELL.map((name) => [name, process.env[name]]));
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...shell, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  const keep = (bytes: Buffer) => {
    output += bytes.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    output: () => output,
    /** What it prints to say why it gives up, when that is all it does. */
    lines: () => output.split('\n').filter((line) => line !== '' && !/^(npm |> )/.test(line)),
    ended,
    signal: (name: NodeJS.Signals) => child.kill(name),
    up: async () => {
      const isUp = eventually(() => expect(output).toContain('to stop'), UP_WITHIN_MS);
      const gaveUp = ended.then(() => Promise.reject(new Error(`npm start ended: ${output}`)));
      await Promise.race([isUp, gaveUp]);
    },
  };
}

const SHELL = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGTERM');
});

function pidsIn(folder: string): Map<string, number> {
  const run = join(folder, 'run');
  const names = existsSync(run) ? readdirSync(run).filter((name) => name.endsWith('.pid')) : [];
  const pids = new Map<string, number>();
  for (const name of names) {
    const pid = livePid(join(run, name));
    if (pid !== undefined) pids.set(name.replace('.pid', ''), pid);
  }
  return pids;
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function signIn(url: string, output: string, who: string) {
  const [, email, password] = new RegExp(`${who} +(\\S+) +password (\\S+)`).exec(output) ?? [];
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return answer.status;
}

describe('npm start', () => {
  const folder = mkdtempSync(join(inject('runFolder'), 'start-'));
  const env = { HOLDFAST_DATA: folder };

  test('in a new folder / once up / all is ready, both logins work, and the demo events are on sale', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const holdfast = npmStart({ ...env, PORT: String(port) });
    await holdfast.up();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(holdfast.output()).toContain(url);
    expect(await signIn(url, holdfast.output(), 'buyer')).toBe(200);
    expect(await signIn(url, holdfast.output(), 'administrator')).toBe(200);
    expect(await (await fetch(`${url}/api/events`)).text()).toMatch(/("status":"published".*){3}/);
    expect([...pidsIn(folder).keys()].toSorted()).toEqual(PROCESSES);

    await refusesASecondStart(port);
    await startsAgainWhatCrashes(holdfast.output);
    await stopsAll(holdfast);
  }, 240_000);

  async function refusesASecondStart(port: number) {
    const sameFolder = npmStart({ ...env, PORT: String(await freePort()) });
    expect(await sameFolder.ended).toBe(1);
    expect(sameFolder.lines()).toEqual([expect.stringMatching(/already runs.*stop it.*HOLDFAST_DATA/)]);
    const samePort = npmStart({ HOLDFAST_DATA: join(folder, 'second'), PORT: String(port) });
    expect(await samePort.ended).toBe(1);
    expect(samePort.lines()).toEqual([
      expect.stringMatching(new RegExp(`Port ${port} is taken.*PORT=${port + 1} npm start`)),
    ]);
    expect([...pidsIn(folder).keys()].toSorted()).toEqual(PROCESSES);
  }

  async function startsAgainWhatCrashes(output: () => string) {
    const before = pidsIn(folder);
    process.kill(before.get('seat-worker')!, 'SIGKILL');
    await eventually(() => {
      expect(output()).toMatch(/The seat worker ended \(by SIGKILL\); starting it again/);
      const now = pidsIn(folder).get('seat-worker');
      expect(now).toBeDefined();
      expect(now).not.toBe(before.get('seat-worker'));
    });
  }

  async function stopsAll(holdfast: ReturnType<typeof npmStart>) {
    const pids = pidsIn(folder);
    expect(pids.size).toBe(PROCESSES.length);
    holdfast.signal('SIGTERM');
    expect(await holdfast.ended).toBe(0);
    expect(holdfast.output()).toContain('Stopped; the data is kept.');
    expect([...pids.values()].filter(isRunning)).toEqual([]);
  }

  test('again, then killed by SIGKILL / the logins are those of before, and nothing is left running', async () => {
    const port = await freePort();
    const holdfast = npmStart({ ...env, PORT: String(port) });
    await holdfast.up();
    expect(holdfast.output()).not.toContain('Installing');
    expect(await signIn(`http://localhost:${port}`, holdfast.output(), 'buyer')).toBe(200);
    const pids = pidsIn(folder);
    expect(pids.size).toBe(PROCESSES.length);
    process.kill(livePid(join(folder, 'start.pid'))!, 'SIGKILL');
    await eventually(() => expect([...pids.values()].filter(isRunning)).toEqual([]), STOPPED_WITHIN_MS);
    await holdfast.ended;
  }, 240_000);

  test('with a folder that is a file / one line that says what to do', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const holdfast = npmStart({ HOLDFAST_DATA: file, PORT: '0' });
    expect(await holdfast.ended).toBe(1);
    expect(holdfast.lines()).toEqual([expect.stringMatching(/can't be written.*HOLDFAST_DATA=/)]);
  });

  test('with faulty variables / one line that names them all, and nothing started', async () => {
    const holdfast = npmStart({ ...env, PORT: 'eighty', HOLD_TTL_SECONDS: 'long' });
    expect(await holdfast.ended).toBe(1);
    expect(holdfast.lines()).toEqual([expect.stringMatching(/PORT.*HOLD_TTL_SECONDS.*\.env\.example/)]);
    expect(pidsIn(folder).size).toBe(0);
  });
});
