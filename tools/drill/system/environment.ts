/** Short times, so that a run goes through expiry, take-over and repair in seconds. All else is as in production. */
export const DRILL_TIMES = {
  HOLD_TTL_SECONDS: '2',
  HOLD_MAX_SECONDS: '8',
  CHECKOUT_WINDOW_SECONDS: '4',
  CLEANUP_INTERVAL_SECONDS: '1',
  RECOVERY_SECONDS: '3',
} as const;

export const WEBHOOK_SECRET = 'whsec_drill';
const CONNECTIONS_PER_PROCESS = '8';
/** So many callers from one address, each doing in seconds what takes minutes; counted as ever. */
const MANY = '1000000';

/** The variables that the processes of one system share. */
export function environmentOf(where: {
  databaseUrl: string;
  redisUrl: string;
  standInUrl: string;
  port: number;
  compileCache: string;
}): Readonly<Record<string, string>> {
  return {
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: where.compileCache,
    HOST: '127.0.0.1',
    PORT: String(where.port),
    BASE_URL: `http://127.0.0.1:${where.port}`,
    DATABASE_URL: where.databaseUrl,
    DATABASE_POOL_MAX: CONNECTIONS_PER_PROCESS,
    REDIS_URL: where.redisUrl,
    JWT_SECRET: 'a-secret-for-drills-only-0123456789abcdef',
    STRIPE_SECRET_KEY: 'sk_test_drill',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: where.standInUrl,
    STRIPE_REQUESTS_PER_SECOND: '200',
    RATE_LIMIT_ADDRESS_PER_MINUTE: MANY,
    RATE_LIMIT_USER_PER_MINUTE: MANY,
    ...DRILL_TIMES,
  };
}
