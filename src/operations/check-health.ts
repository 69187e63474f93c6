import { pingMysql } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';

export type DependencyState = {
  readonly status: 'ok' | 'down';
  readonly tookMs: number;
  /** Only when it is down, in words for an operator: no address, no account. */
  readonly reason?: string;
};

export type Readiness = {
  readonly status: 'ready' | 'not ready';
  readonly dependencies: { readonly mysql: DependencyState; readonly redis: DependencyState };
  /** Whether money moves for real: `stand-in` when the configuration names another server than Stripe's. */
  readonly payments: 'stripe' | 'stand-in';
};

const ANSWER_WITHIN_MS = 2_000;

/** Asks what a server can not work without, all at once. Stripe is not asked: without it seats are still held and shown. */
export async function checkReadiness(resources: Resources): Promise<Readiness> {
  const { db, redis, config } = resources;
  const [mysql, redisState] = await Promise.all([stateOf(() => pingMysql(db)), stateOf(() => redis.ping())]);
  const isReady = mysql.status === 'ok' && redisState.status === 'ok';
  return {
    status: isReady ? 'ready' : 'not ready',
    dependencies: { mysql, redis: redisState },
    payments: config.stripe.apiBase === null ? 'stripe' : 'stand-in',
  };
}

async function stateOf(ask: () => Promise<unknown>): Promise<DependencyState> {
  const startedMs = performance.now();
  const tookMs = () => Math.round(performance.now() - startedMs);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)),
    ANSWER_WITHIN_MS,
  );
  try {
    await Promise.race([ask(), late.promise]);
    return { status: 'ok', tookMs: tookMs() };
  } catch (error) {
    return { status: 'down', tookMs: tookMs(), reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** An error's code where it has one, since a driver's message may name hosts and accounts. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
