import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { LoadReport } from '../load/tasks.ts';
import { percentiles } from '../load/percentiles.ts';
import { makeRow } from '../report/row.ts';
import { toBytes } from '../../src/platform/id.ts';
import { piecesOf } from '../../src/platform/pieces.ts';
import type { Resources } from '../../src/resources.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { readLocks } from '../../src/seats/seat-locks.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvent, makeEvents } from '../system/events.ts';
import { holdDirectly } from '../system/hold-directly.ts';
import { type Context, type Work, mean, round, warmUpMs } from './work.ts';

const EVENTS = 5;
const LOCKS_EACH = 10_000;
const LOCKS_EACH_SMALL = 1_000;
const HOLDS_PER_SECOND = 200;
const SEATS = 20_000;
const FREE_WITHIN_S = 10;
const GIVE_UP_AFTER_MS = 120_000;
/** Time to say so of all of them, in both stores, before it comes. */
const EXPIRE_IN_MS = 8_000;
const POLL_MS = 100;
/** As the locks are given in Redis: see seat-locks.ts. */
const LOCK_GRACE_MS = 5_000;
const KEYS_PER_PIPELINE = 5_000;

/** 50,000 locks run out at once while others go on buying. */
export const sweep: Work = {
  name: 'sweep',
  says: "50,000 locks expire at once: when all are free in both stores, and others' holds meanwhile",
  async run(context) {
    const { stack } = context;
    const each = context.small ? LOCKS_EACH_SMALL : LOCKS_EACH;
    const events = await makeEvents(stack.resources, EVENTS, each);
    const seatIds = Array.from({ length: each }, (_, index) => index + 1);
    for (const eventId of events) await holdDirectly(stack.resources, eventId, seatIds);
    const hold = await openHolds(context);
    await hold(warmUpMs(context));
    const before = await hold(Math.max(context.seconds * 1000, 5_000));
    const expiresAtMs = await expireAll(stack.resources, events, seatIds);
    const freed = untilFree(stack.resources, events, seatIds, expiresAtMs);
    const meanwhile: number[] = [];
    for (let isOver = false; !isOver;) {
      const over = freed.then(() => true);
      meanwhile.push(...(await hold(1_000)));
      isOver = await Promise.race([over, wait(0, false)]);
    }
    const { firstMs, allMs } = await freed;
    const after = await hold(Math.max(context.seconds * 1000, 5_000));
    if (allMs > GIVE_UP_AFTER_MS) context.fault('sweep: the seats did not come free');
    return [
      makeRow({
        work: `sweep, ${each * EVENTS} locks, free after`,
        value: allMs / 1000,
        unit: 's',
        target: { of: 'value', max: FREE_WITHIN_S },
        detail: { firstFreeAfterS: round(firstMs / 1000), workedS: round((allMs - firstMs) / 1000) },
      }),
      makeRow({
        work: "sweep, others' holds, p99",
        value: p99(meanwhile),
        unit: 'ms',
        baseline: mean([p99(before), p99(after)]),
        target: { of: 'ratio', max: 2 },
        detail: { during: percentiles(meanwhile), before: percentiles(before), after: percentiles(after) },
      }),
    ];
  },
};

function p99(values: readonly number[]): number {
  return percentiles(values).p99;
}

/** Holds of another event at a steady rate; returns their latencies. */
async function openHolds(context: Context): Promise<(durationMs: number) => Promise<readonly number[]>> {
  const { stack, generator, fault } = context;
  const eventId = await makeEvent(stack.resources, SEATS);
  const buyers = makeBuyers(stack.resources, SEATS);
  let from = 0;
  return async (durationMs) => {
    const report = await generator.run(
      {
        kind: 'load',
        ports: stack.servers.map(({ port }) => port),
        connections: 100,
        durationMs,
        perSecond: HOLDS_PER_SECOND,
        script: { name: 'hold', events: [eventId], buyers, from, respondAsync: false },
      },
      LoadReport,
    );
    from += Math.ceil((durationMs / 1000) * HOLDS_PER_SECOND) + 1;
    if (report.wrong > 0) fault(`sweep: a hold failed meanwhile: ${report.firstFault}`);
    return [...(report.latenciesMs['201'] ?? [])];
  };
}

/** Makes all the holds run out at one moment, in both stores. Returns that moment when it has come. */
async function expireAll(
  { db, redis }: Resources,
  events: readonly string[],
  seatIds: readonly number[],
): Promise<number> {
  const atMs = Date.now() + EXPIRE_IN_MS;
  const at = new Date(atMs);
  for (const eventId of events) {
    const event = toBytes(eventId);
    await sql`UPDATE holds SET expires_at = ${at} WHERE event_id = ${event} AND status = 'held'`.execute(db);
    await sql`UPDATE event_seats SET lock_expire = ${at} WHERE event_id = ${event} AND status = 'locked'`.execute(
      db,
    );
    for (const piece of piecesOf(seatIds, KEYS_PER_PIPELINE)) {
      await Promise.all(
        piece.map((seatId) => redis.pexpireat(seatKeys.lock(eventId, seatId), atMs + LOCK_GRACE_MS)),
      );
    }
  }
  if (Date.now() > atMs)
    throw new Error('Making the locks run out took longer than they had left: try again.');
  await wait(atMs - Date.now());
  return atMs;
}

async function untilFree(
  resources: Resources,
  events: readonly string[],
  seatIds: readonly number[],
  expiresAtMs: number,
): Promise<{ firstMs: number; allMs: number }> {
  let firstMs: number | null = null;
  for (;;) {
    if (firstMs === null && (await hasSeat(resources, events, 'free'))) firstMs = Date.now() - expiresAtMs;
    const isFree =
      !(await hasSeat(resources, events, 'taken')) && (await isFreeInRedis(resources, events, seatIds));
    const sinceMs = Date.now() - expiresAtMs;
    if (isFree || sinceMs > GIVE_UP_AFTER_MS)
      return { firstMs: firstMs ?? sinceMs, allMs: Date.now() - expiresAtMs };
    await wait(POLL_MS);
  }
}

/** To count them all, ten times a second, would take a tenth of a core from what is measured. */
async function hasSeat(
  { db }: Resources,
  events: readonly string[],
  what: 'free' | 'taken',
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM event_seats
    WHERE event_id IN (${sql.join(events.map(toBytes))}) AND hold_id IS ${sql.raw(what === 'free' ? 'NULL' : 'NOT NULL')}
    LIMIT 1
  `.execute(db);
  return rows.length > 0;
}

async function isFreeInRedis(
  { redis }: Resources,
  events: readonly string[],
  seatIds: readonly number[],
): Promise<boolean> {
  for (const eventId of events) {
    const locks = await readLocks(redis, eventId, seatIds);
    if (locks.some((lock) => lock !== null)) return false;
  }
  return true;
}
