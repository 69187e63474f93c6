import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from '../../tools/local/place.ts';
import { makeRow, type Row } from '../report/row.ts';
import { residentBytesOf } from '../system/process-stat.ts';
import type { Stack } from '../system/stack.ts';
import type { Work } from './work.ts';

const START_S_MAX = 10;
const LISTENING_S_MAX = 1.5;
const IDLE_MB_MAX = 150;
const IDLE_AFTER_MS = 5_000;
const UP = /Holdfast is up/;

/** `npm start` for the second time, and each process by itself. */
export const start: Work = {
  name: 'start',
  says: '`npm start` the second time; each process to readiness, and its memory when idle',
  async run({ stack, say }) {
    await wait(IDLE_AFTER_MS);
    const rows = eachProcess(stack);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-start-'));
    try {
      say(`  npm start, first: ${(await timeStart(folder)).toFixed(1)} s`);
      const second = await timeStart(folder);
      const target = { of: 'value' as const, max: START_S_MAX };
      return [makeRow({ work: 'start, npm start again', value: second, unit: 's', target }), ...rows];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** They were started one after the other, and have had nothing to do since. */
function eachProcess(stack: Stack): Row[] {
  return [...stack.servers, ...stack.workers].flatMap(({ name, pid, readyAfterMs }) => [
    makeRow({
      work: `start, ${name}, ready after`,
      value: readyAfterMs / 1000,
      unit: 's',
      target: { of: 'value', max: LISTENING_S_MAX },
    }),
    makeRow({
      work: `start, ${name}, memory`,
      value: residentBytesOf(pid) / 1e6,
      unit: 'MB',
      target: { of: 'value', max: IDLE_MB_MAX },
    }),
  ]);
}

async function timeStart(folder: string): Promise<number> {
  const begunMs = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], HOLDFAST_DATA: folder, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const said: string[] = [];
  const isUp = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (UP.test(line)) isUp.resolve();
  });
  await Promise.race([isUp.promise, ended]);
  const seconds = (performance.now() - begunMs) / 1000;
  if (!said.some((line) => UP.test(line))) throw new Error(`npm start ended: ${said.join(' ')}`);
  child.kill('SIGTERM');
  await ended;
  return seconds;
}
