import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { LoadReport } from '../load/tasks.ts';
import { makeRow } from '../report/row.ts';
import { makeBuyers } from '../system/buyers.ts';
import { makeEvents } from '../system/events.ts';
import type { NodeProcess } from '../system/node-process.ts';
import type { Stack } from '../system/stack.ts';
import {
  type Context,
  type Measured,
  WARM_UP_AGAIN_SECONDS,
  type Work,
  detailOf,
  greet,
  measure,
  measureLoad,
  sideBySide,
  warmly,
} from './work.ts';

/** As many seats has each event; when all have been held, the next one's turn comes. */
const BUYERS = 10_000;
/** What no run reaches: so many seats are made ready. */
const HOLDS_PER_SECOND_MAX = 12_000;
const PLAIN_PER_SECOND_MAX = 12_000;

/**
 * The cleanup worker compares the stores once in so long, which costs more the more holds are open; a load of a few
 * seconds would have that in it, or not.
 */
const CLEANUP_INTERVAL_SECONDS = 10;

/** How long holds are sent. */
function holdSeconds({ seconds, small }: Context): number {
  return small ? seconds : Math.max(seconds, CLEANUP_INTERVAL_SECONDS);
}

/** What V8 needs until it has optimised all that a hold is, or a transaction; both sides have it alike. */
const WARM_UP_SECONDS = 8;

function warmUpSeconds({ seconds, small }: Context): number {
  return small ? seconds : WARM_UP_SECONDS;
}

/** A queue of holds to send, of which each is sent once. */
export type HoldTicket = { readonly events: string[]; readonly buyers: string[]; from: number };

export async function makeTickets(context: Context, seconds: number): Promise<HoldTicket> {
  const events = await makeEvents(
    context.stack.resources,
    Math.ceil((seconds * HOLDS_PER_SECOND_MAX) / BUYERS) + 1,
    BUYERS,
  );
  const buyers = makeBuyers(context.stack.resources, BUYERS);
  await greet(context, events[0] ?? '', buyers);
  return { events, buyers, from: 0 };
}

function holdScript({ events, buyers, from }: HoldTicket, respondAsync: boolean) {
  return { name: 'hold' as const, events, buyers, from, respondAsync };
}

/** What was sent is not sent again, whatever became of it. */
function advance(
  tickets: HoldTicket,
  measured: { answers: number; wrong: number },
  connections: number,
): void {
  tickets.from += measured.answers + measured.wrong + connections;
}

const ASYNC_CONNECTIONS = 200;
const COUNTED_AFTER_MS = 2_000;

export const hold202: Work = {
  name: 'hold-202',
  says: 'holds answered 202, of which those count that are in MySQL 2 s after the end; against bare',
  async run(context) {
    const { stack } = context;
    const seconds = holdSeconds(context);
    const bare = await stack.baseline('bare');
    const tickets = await makeTickets(context, seconds + warmUpSeconds(context) + WARM_UP_AGAIN_SECONDS);
    const runBare = (durationMs: number) => loadBare(context, bare, ASYNC_CONNECTIONS, durationMs);
    const runHolds = async (durationMs: number) => {
      const storedBefore = await countHeld(stack);
      const measured = await measure(
        context,
        'hold-202',
        () =>
          context.generator.run(
            {
              kind: 'load',
              ports: stack.servers.map(({ port }) => port),
              connections: ASYNC_CONNECTIONS,
              durationMs,
              script: holdScript(tickets, true),
            },
            LoadReport,
          ),
        {
          settle: async () => {
            await wait(COUNTED_AFTER_MS);
            return (await countHeld(stack)) - storedBefore;
          },
        },
      );
      const answered = measured.counts['202'] ?? 0;
      advance(tickets, { answers: answered, wrong: measured.wrong }, ASYNC_CONNECTIONS);
      await expectAllStored(context, storedBefore + answered);
      return measured;
    };
    await loadBare(context, bare, ASYNC_CONNECTIONS, warmUpSeconds(context) * 1000);
    await runHolds(warmUpSeconds(context) * 1000);
    context.windows.length = 0;
    const { work, baselinePerSecond } = await sideBySide(
      warmly(context, runBare),
      warmly(context, runHolds, seconds),
    );
    return [
      makeRow({
        work: 'hold-202',
        value: work.perSecond,
        unit: 'holds/s',
        baseline: baselinePerSecond,
        target: { of: 'ratio', min: 0.35 },
        detail: { ...detailOf(work), answered: work.counts['202'] },
      }),
    ];
  },
};

/** Every hold that was answered must come to be, if late; else the answer was wrong. */
async function expectAllStored({ stack, fault }: Context, count: number): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  let stored = await countHeld(stack);
  while (stored < count && performance.now() < deadlineMs) {
    await wait(200);
    stored = await countHeld(stack);
  }
  if (stored !== count) fault(`hold-202: ${count} holds were answered, ${stored} are in MySQL`);
}

export async function countHeld({ resources }: Stack): Promise<number> {
  const { rows } = await sql<{
    held: number;
  }>`SELECT COUNT(*) AS held FROM holds WHERE status = 'held'`.execute(resources.db);
  return Number(rows[0]?.held);
}

const OPEN_REQUESTS = [50, 200, 1_000];
const P95_MS_MAX = 100;

export const hold201: Work = {
  name: 'hold-201',
  says: 'holds answered 201 after the commit, against bare and against one plain transaction per request',
  async run(context) {
    const { stack } = context;
    const bare = await stack.baseline('bare');
    const plain = await stack.baseline('plain');
    const plainSeconds =
      2 * (context.seconds + WARM_UP_AGAIN_SECONDS) * OPEN_REQUESTS.length + warmUpSeconds(context);
    await makePlainSeats(stack, plainSeconds * PLAIN_PER_SECOND_MAX);
    const seconds = holdSeconds(context);
    const tickets = await makeTickets(
      context,
      (seconds + WARM_UP_AGAIN_SECONDS) * OPEN_REQUESTS.length + warmUpSeconds(context),
    );
    let plainFrom = 0;
    const runPlain = async (connections: number, durationMs: number) => {
      const measured = await measureLoad(context, `baseline plain, ${connections} open`, {
        ports: [plain.port],
        connections,
        durationMs,
        script: { name: 'plain', from: plainFrom },
      });
      plainFrom += measured.answers + connections;
      return measured;
    };
    const run = async (connections: number, durationMs: number) => {
      const measured = await measureLoad(context, `hold-201, ${connections} open`, {
        ports: stack.servers.map(({ port }) => port),
        connections,
        durationMs,
        script: holdScript(tickets, false),
      });
      advance(tickets, measured, connections);
      return measured;
    };
    const warmUpMs = warmUpSeconds(context) * 1000;
    await loadBare(context, bare, 200, warmUpMs);
    await runPlain(200, warmUpMs);
    await run(200, warmUpMs);
    context.windows.length = 0;
    const rows = [];
    for (const open of OPEN_REQUESTS) {
      const plains: Measured[] = [];
      const withPlain = async () => {
        const measured = await warmly(context, (durationMs) => loadBare(context, bare, open, durationMs))();
        plains.push(await warmly(context, (durationMs) => runPlain(open, durationMs))());
        return measured;
      };
      const { work, baselinePerSecond } = await sideBySide(
        withPlain,
        warmly(context, (durationMs) => run(open, durationMs), seconds),
      );
      rows.push(...rowsFor(open, work, baselinePerSecond, plains));
    }
    return rows;
  },
};

function rowsFor(open: number, work: Measured, barePerSecond: number, plains: readonly Measured[]) {
  const name = `hold-201, ${open} open`;
  const plainPerSecond = plains.reduce((sum, each) => sum + each.perSecond, 0) / plains.length;
  return [
    makeRow({
      work: name,
      value: work.perSecond,
      unit: 'holds/s',
      baseline: barePerSecond,
      target: { of: 'ratio', min: 0.22 },
      detail: detailOf(work),
    }),
    makeRow({
      work: `${name}, against plain`,
      value: work.perSecond,
      unit: 'holds/s',
      baseline: plainPerSecond,
      target: { of: 'ratio', min: 1 },
      detail: { plainLatencyMs: plains.map(({ latency }) => latency['201']) },
    }),
    makeRow({
      work: `${name}, p95`,
      value: work.latency['201']?.p95 ?? Number.NaN,
      unit: 'ms',
      ...(open === 200 ? { target: { of: 'value' as const, max: P95_MS_MAX } } : {}),
      detail: work.latency,
    }),
  ];
}

let bareFrom = 0;

/** Each request a key of its own, as each hold is a seat of its own. */
async function loadBare(
  context: Context,
  bare: NodeProcess,
  connections: number,
  durationMs: number,
): Promise<Measured> {
  const seats = 1e9;
  const measured = await measureLoad(context, `baseline bare, ${connections} open`, {
    ports: [bare.port],
    connections,
    durationMs,
    script: { name: 'lock', from: bareFrom, seats, status: 200 },
  });
  bareFrom += measured.answers + measured.wrong + connections;
  return measured;
}

const ROWS_DOUBLED_FROM = 1_000;

async function makePlainSeats({ resources: { db } }: Stack, count: number): Promise<void> {
  await sql`
    CREATE TABLE plain_seats (
      seat_id INT UNSIGNED NOT NULL PRIMARY KEY,
      status ENUM('available','locked','booked') NOT NULL DEFAULT 'available',
      holder BIGINT UNSIGNED NULL,
      expires_at DATETIME(3) NULL
    ) ENGINE=InnoDB
  `.execute(db);
  const first = Array.from({ length: ROWS_DOUBLED_FROM }, (_, index) => sql`(${index + 1})`);
  await sql`INSERT INTO plain_seats (seat_id) VALUES ${sql.join(first)}`.execute(db);
  for (let rows = ROWS_DOUBLED_FROM; rows < count; rows *= 2)
    await sql`INSERT INTO plain_seats (seat_id) SELECT seat_id + ${rows} FROM plain_seats`.execute(db);
}
