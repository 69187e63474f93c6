import type { Resources } from '../../../src/resources.ts';
import type { Sample } from './sample.ts';

const MEMORY_FACTOR_MAX = 1.15;
const MEMORY_MARGIN_MB = 12;
const DESCRIPTORS_MARGIN = 12;
const KEYS_PER_SCAN = 1_000;
const EXAMPLES_MAX = 5;

/** Keys that may stay for ever: each is bounded by what is on sale, or there once. */
const ENDLESS_KEYS = [
  /^\{holdfast\}:/,
  /^seat-lock:\{[^}]+\}:\d+$/,
  /^claims-(?:issued|settled):\{[^}]+\}$/,
  /^reconciliation-cursor$/,
  /^stripe-events-polled-until$/,
];

/** Memory and descriptors at the end are those of the time after the start; in words, what is not so. */
export function judgeGrowth(samples: readonly Sample[]): string[] {
  const early = samples.slice(Math.floor(samples.length / 4), Math.ceil(samples.length / 2));
  const late = samples.slice(Math.floor((samples.length * 3) / 4));
  const names = Object.keys(late[0]?.memoryMb ?? {}).filter((name) => name !== 'MariaDB' && name !== 'Redis');
  return names.flatMap((name) => {
    const memory = [early, late].map((part) => mean(part.map(({ memoryMb }) => memoryMb[name] ?? 0)));
    const files = [early, late].map((part) => mean(part.map(({ descriptors }) => descriptors[name] ?? 0)));
    const [memoryThen = 0, memoryNow = 0] = memory;
    const [filesThen = 0, filesNow = 0] = files;
    return [
      ...(memoryNow > memoryThen * MEMORY_FACTOR_MAX + MEMORY_MARGIN_MB
        ? [`${name}: memory grew from ${memoryThen.toFixed(0)} to ${memoryNow.toFixed(0)} MB`]
        : []),
      ...(filesNow > filesThen + DESCRIPTORS_MARGIN
        ? [`${name}: open descriptors grew from ${filesThen.toFixed(0)} to ${filesNow.toFixed(0)}`]
        : []),
    ];
  });
}

/** At rest Redis holds nothing without an end but what may stay; in words, what else it holds. */
export async function judgeRedis({ redis }: Resources): Promise<string[]> {
  const endless: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', KEYS_PER_SCAN);
    cursor = next;
    const left = await Promise.all(keys.map((key) => redis.ttl(key)));
    endless.push(
      ...keys.filter((key, index) => left[index] === -1 && !ENDLESS_KEYS.some((known) => known.test(key))),
    );
  } while (cursor !== '0');
  if (endless.length === 0) return [];
  return [
    `Redis keeps ${endless.length} keys for ever, such as ${endless.slice(0, EXAMPLES_MAX).join(', ')}`,
  ];
}

/** Of the jobs only those are kept that the configuration says. */
export async function judgeJobs({ queues }: Resources): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, queue] of Object.entries(queues.byName)) {
    const { completed = 0, failed = 0 } = await queue.getJobCounts('completed', 'failed');
    if (completed > JOBS_KEPT.completed || failed > JOBS_KEPT.failed)
      wrong.push(`${name} keeps ${completed} completed and ${failed} failed jobs`);
  }
  return wrong;
}

/** As `platform/job-queue.ts` sets it. */
const JOBS_KEPT = { completed: 50, failed: 100 } as const;

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}
