import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../../src/platform/mysql.ts';
import type { System } from '../system/system.ts';
import type { Draw, Fault, FaultKind } from './fault.ts';

type Work = Pick<Fault, 'says' | 'strike'>;

const DOWN_FOR_MS = [0, 1_500] as const;
/** Longer than a transaction waits for a lock (5 s). */
const LOCKED_FOR_MS = 6_000;
const FLUSH_TRIES_MAX = 40;
const FLUSH_AGAIN_MS = 250;
const DEADLOCK_TRIES = 6;
const DEADLOCK_PAUSE_MS = 250;

/** What can happen to Redis and MariaDB. */
export const STORE_FAULTS: Partial<Record<FaultKind, (draw: Draw) => Work>> = {
  'Redis flushed': () => ({
    says: 'FLUSHALL',
    strike: ({ resources }) => flush(resources),
  }),
  'Redis lost': (draw) => restarted(draw, 'empty'),
  'Redis crashed': (draw) => restarted(draw, 'from its file'),
  'MariaDB crashed': (draw) => {
    const downMs = draw.between(...DOWN_FOR_MS);
    return {
      says: `MariaDB killed, started again after ${downMs} ms`,
      async strike({ stores }) {
        await stores.mariadb.kill();
        await wait(downMs);
        await stores.mariadb.restart();
      },
    };
  },
  'connections cut': (draw) => {
    const times = draw.between(1, 4);
    const pauseMs = draw.between(50, 800);
    return {
      says: `all connections to MariaDB cut ${times} times, every ${pauseMs} ms`,
      strike: (system) =>
        withConnection(system, async (connection) => {
          for (let time = 0; time < times; time += 1) {
            await cutOthers(connection);
            await wait(pauseMs);
          }
        }),
    };
  },
  deadlocks: (draw) => {
    const firstSeat = draw.between(1, 16);
    return {
      says: `rows locked against the order, from seat ${firstSeat} downwards`,
      strike: (system) => withConnection(system, (connection) => lockBackwards(connection, firstSeat)),
    };
  },
  'lock waits': (draw) => {
    const what = draw.oneOf(['holds', 'event_seats', 'payments'] as const);
    return {
      says: `rows of ${what} locked for ${LOCKED_FOR_MS} ms`,
      strike: (system) =>
        withConnection(system, async (connection) => {
          await connection.query('START TRANSACTION');
          await connection.query(`SELECT * FROM ${what} FOR UPDATE`);
          await wait(LOCKED_FOR_MS);
          await connection.query('ROLLBACK');
        }),
    };
  },
};

/** Should Redis be away by another fault, it is flushed when it is back. */
async function flush({ redis }: System['resources']): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await redis.flushall();
      return;
    } catch (error) {
      if (tries === FLUSH_TRIES_MAX) throw error;
      await wait(FLUSH_AGAIN_MS);
    }
  }
}

function restarted(draw: Draw, what: 'empty' | 'from its file'): Work {
  const downMs = draw.between(...DOWN_FOR_MS);
  return {
    says: `Redis killed, started again ${what} after ${downMs} ms`,
    strike: ({ stores }) => stores.restartRedis(what, () => wait(downMs)),
  };
}

async function cutOthers(connection: Connection): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = SUBSTRING_INDEX(CURRENT_USER(), '@', 1)",
  );
  for (const { id } of rows) {
    // One that has ended by itself meanwhile can not be cut.
    await connection.query(`KILL CONNECTION ${Number(id)}`).catch(() => {});
  }
}

/** Takes seats from the last to the first and then holds, the other way round than the product: somebody is rolled back. */
async function lockBackwards(connection: Connection, firstSeat: number): Promise<void> {
  for (let tries = 0; tries < DEADLOCK_TRIES; tries += 1) {
    try {
      await connection.query('START TRANSACTION');
      for (let seat = firstSeat; seat >= 1; seat -= 1)
        await connection.query('SELECT 1 FROM event_seats WHERE event_seat_id = ? FOR UPDATE', [seat]);
      await wait(DEADLOCK_PAUSE_MS);
      await connection.query("SELECT 1 FROM holds WHERE status IN ('held', 'checkout') FOR UPDATE");
      await connection.query("SELECT 1 FROM payments WHERE payment_status = 'pending' FOR UPDATE");
    } catch {
      // We were the one that was rolled back.
    }
    await connection.query('ROLLBACK').catch(() => {});
  }
}

/** A connection of the fault's own; that it is lost with MariaDB, by another fault, ends this one. */
async function withConnection(
  { databaseUrl }: System,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = await createConnection(connectionOptions(databaseUrl)).catch(() => null);
  if (connection === null) return;
  connection.on('error', () => {});
  try {
    await work(connection);
  } catch {
    // Cut off.
  } finally {
    connection.destroy();
  }
}
