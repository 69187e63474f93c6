import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { figure, printTable } from './print.ts';

/** A stretch of a measured load, by the system's monotonic clock, which profiles go by too. */
export type Window = { readonly fromUs: number; readonly toUs: number; readonly answers: number };

const Profile = z.object({
  nodes: z.array(
    z.object({ id: z.int(), callFrame: z.object({ functionName: z.string(), url: z.string() }) }),
  ),
  startTime: z.number(),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

const STEPS_SHOWN = 28;

export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Prints, for each profiled process, the processor time of one answer by module, for the samples within the windows. */
export async function printProfiles(files: readonly string[], windows: readonly Window[]): Promise<void> {
  const answers = windows.reduce((sum, window) => sum + window.answers, 0);
  for (const file of files) {
    const profile = Profile.parse(JSON.parse(await readFile(file, 'utf8')));
    const byModule = timeByModule(profile, windows);
    const total = [...byModule.values()].reduce((sum, us) => sum + us, 0);
    const largest = [...byModule].toSorted(([, one], [, other]) => other - one).slice(0, STEPS_SHOWN);
    console.log(`\n${basename(file, '.cpuprofile')}: ${figure(total / answers)} microseconds per answer, in`);
    printTable(largest.map(([name, us]) => [`  ${name}`, figure(us / answers)]));
  }
}

function timeByModule(profile: z.output<typeof Profile>, windows: readonly Window[]): Map<string, number> {
  const moduleOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const byModule = new Map<string, number>();
  let atUs = profile.startTime;
  for (const [index, node] of profile.samples.entries()) {
    const tookUs = profile.timeDeltas[index + 1] ?? 0;
    atUs += profile.timeDeltas[index] ?? 0;
    const name = moduleOf.get(node) ?? '(unknown)';
    const isOurs = windows.some(({ fromUs, toUs }) => atUs >= fromUs && atUs <= toUs);
    if (isOurs && name !== '(idle)') byModule.set(name, (byModule.get(name) ?? 0) + tookUs);
  }
  return byModule;
}

function nameOf({ url, functionName }: { url: string; functionName: string }): string {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  if (url.startsWith('node:')) return url.replace(/^(node:(?:internal\/)?[\w]+).*/, '$1');
  if (url.startsWith('file:')) return url.replace(/^.*\/(src|workers|db)\//, '$1/');
  return url === '' ? functionName || '(native)' : url;
}
