import { readFileSync, readdirSync } from 'node:fs';
import { sql } from 'kysely';
import type { Resources } from '../../../src/resources.ts';
import type { System } from '../system/system.ts';

/** What the processes and stores take at one moment. */
export type Sample = {
  readonly minute: number;
  /** By process: resident memory in MB, and open descriptors. */
  readonly memoryMb: Readonly<Record<string, number>>;
  readonly descriptors: Readonly<Record<string, number>>;
  readonly redisMb: number;
  readonly redisKeys: number;
  readonly rows: Readonly<Record<string, number>>;
};

export const TABLES = [
  'users',
  'sessions',
  'events',
  'holds',
  'hold_claims',
  'bookings',
  'seat_log',
  'payments',
  'stripe_events',
  'refunds',
  'idempotency_keys',
] as const;

const KB_PER_MB = 1_024;
const BYTES_PER_MB = 1_048_576;

export async function takeSample(system: System, minute: number): Promise<Sample> {
  const { resources, units, stores } = system;
  const pids = Object.fromEntries([
    ...units.map((unit) => [unit.name, unit.pid()] as const),
    ['MariaDB', stores.mariadb.pid()] as const,
    ['Redis', stores.redis.pid()] as const,
  ]);
  const of = (read: (pid: number) => number) =>
    Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, read(pid)]));
  return {
    minute,
    memoryMb: of((pid) => residentMb(pid)),
    descriptors: of((pid) => readdirSync(`/proc/${pid}/fd`).length),
    redisMb: Number(/used_memory:(\d+)/.exec(await resources.redis.info('memory'))?.[1]) / BYTES_PER_MB,
    redisKeys: await resources.redis.dbsize(),
    rows: await countRows(resources),
  };
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / KB_PER_MB;
}

async function countRows({ db }: Resources): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const { rows } = await sql<{ count: number }>`SELECT COUNT(*) AS count FROM ${sql.table(table)}`.execute(
      db,
    );
    counts[table] = Number(rows[0]?.count);
  }
  return counts;
}
