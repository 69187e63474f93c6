import { crashPoint } from '../crash-point.ts';
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, NOW, isDuplicate } from '../mysql.ts';
import { PROBLEMS, Problem } from '../problem.ts';
import type { Reply } from './route.ts';

const KEY_PATTERN = /^[\x21-\x7e]{1,191}$/;
/** A first request that has not answered for so long is taken for dead, and the repeat runs in its place. */
const RUNNING_SECONDS_MAX = 30;

export type KeyedRequest = {
  /** Whose key it is: keys of different users never meet. */
  readonly actor: string;
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
};

/**
 * Runs `work` once per actor and `Idempotency-Key`; a repeat gets the first answer again, with
 * `Idempotent-Replayed: true`. Kept in MySQL, so that losing Redis repeats nothing. Answers that say "not your fault"
 * (5xx, 429) or that changed nothing because the request was refused at the edge are not kept: the key stays free.
 * (After draft-ietf-httpapi-idempotency-key-header.)
 * @throws Problem when the key was used for another request, or its first request is still running.
 */
export async function once(db: Db, request: KeyedRequest, work: () => Promise<Reply>): Promise<Reply> {
  if (!KEY_PATTERN.test(request.key)) {
    throw new Problem(PROBLEMS.invalid_request, 'Idempotency-Key must be 1 to 191 visible ASCII characters.');
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest();
  const earlier = await claimKey(db, request, hash);
  if (earlier !== null) return earlier;
  try {
    crashPoint('key.claimed');
    const reply = await work();
    crashPoint('key.answer-due');
    await keepAnswer(db, request, reply);
    return reply;
  } catch (error) {
    await freeKey(db, request);
    throw error;
  }
}

/** null: the key is ours now. Otherwise the answer that the first request got. */
async function claimKey(db: Db, request: KeyedRequest, hash: Buffer): Promise<Reply | null> {
  try {
    await db
      .insertInto('idempotency_keys')
      .values({ actor: request.actor, idempotency_key: request.key, request_hash: hash, created_at: NOW })
      .execute();
    return null;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const row = await keyRow(db, request).selectAll().executeTakeFirst();
  if (row === undefined) return claimKey(db, request, hash);
  if (!row.request_hash.equals(hash)) {
    throw new Problem(
      PROBLEMS.idempotency_key_reused,
      'Use a new Idempotency-Key for a request that differs.',
    );
  }
  if (row.response_status !== null) {
    const headers = JSON.parse(row.response_headers ?? '{}');
    const body: unknown = row.response_body === null ? undefined : JSON.parse(row.response_body);
    return { status: row.response_status, body, headers: { ...headers, 'idempotent-replayed': 'true' } };
  }
  return takeOverIfDead(db, request);
}

async function takeOverIfDead(db: Db, request: KeyedRequest): Promise<null> {
  const taken = await db
    .updateTable('idempotency_keys')
    .set({ created_at: NOW })
    .where('actor', '=', request.actor)
    .where('idempotency_key', '=', request.key)
    .where('response_status', 'is', null)
    .where('created_at', '<', sql<Date>`UTC_TIMESTAMP(3) - INTERVAL ${RUNNING_SECONDS_MAX} SECOND`)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 1n) return null;
  throw new Problem(PROBLEMS.idempotency_key_in_use, 'Wait for the first request, then repeat it.', {
    headers: { 'retry-after': '1' },
  });
}

async function keepAnswer(db: Db, request: KeyedRequest, reply: Reply): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({
      response_status: reply.status,
      response_headers: JSON.stringify(reply.headers ?? {}),
      response_body: reply.body === undefined ? null : JSON.stringify(reply.body),
    })
    .where('actor', '=', request.actor)
    .where('idempotency_key', '=', request.key)
    .execute();
}

async function freeKey(db: Db, request: KeyedRequest): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('actor', '=', request.actor)
    .where('idempotency_key', '=', request.key)
    .where('response_status', 'is', null)
    .execute();
}

function keyRow(db: Db, request: KeyedRequest) {
  return db
    .selectFrom('idempotency_keys')
    .where('actor', '=', request.actor)
    .where('idempotency_key', '=', request.key);
}
