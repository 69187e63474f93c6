import { z } from 'zod';

/** All that a process is told from outside. Times in milliseconds, rates as their names say. */
export type Config = {
  readonly http: {
    readonly port: number;
    readonly host: string;
    /** Where browsers reach the service: no trailing slash. */
    readonly baseUrl: string;
    readonly corsOrigins: readonly string[];
    /** How many proxies in front may be believed when they name the client's address. */
    readonly trustedProxies: number;
    /** Requests that one server answers at the same time; streams have a limit of their own. */
    readonly requestsAtOnceMax: number;
  };
  readonly databaseUrl: string;
  readonly databasePoolMax: number;
  readonly redisUrl: string;
  readonly jwtSecrets: readonly [current: string, ...previous: string[]];
  readonly stripe: {
    readonly secretKey: string;
    readonly webhookSecrets: readonly [current: string, ...previous: string[]];
    /** Set only to reach a stand-in instead of Stripe itself. */
    readonly apiBase: string | null;
    /** Stripe's published limit is per endpoint. */
    readonly requestsPerSecond: number;
  };
  readonly holds: {
    readonly ttlMs: number;
    readonly totalMs: number;
    readonly checkoutWindowMs: number;
    readonly seatsPerHoldMax: number;
    /** Claims that wait to be written; beyond, no seats are taken until there are fewer. */
    readonly claimsQueuedMax: number;
  };
  readonly cleanupIntervalMs: number;
  /** How long what was left lying (its process died, Redis was lost) waits until another takes it up. */
  readonly recoveryMs: number;
  readonly rateLimits: {
    readonly perAddressPerMinute: number;
    readonly perUserPerMinute: number;
    readonly signInsPerMinute: number;
  };
  /** Open live streams. */
  readonly streams: { readonly perServerMax: number; readonly perAddressMax: number };
  readonly metrics: {
    /** Where a worker shows its metrics and health; null: nowhere. The server shows its own beside the API. */
    readonly port: number | null;
    /** When set, whoever asks for metrics must send it as a bearer token. */
    readonly token: string | null;
  };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
};

/** What the environment lacks or has wrong, one line for each fault. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

const wholeNumber = (min: number, max: number, initially: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(initially);
const seconds = (min: number, max: number, initially: number) =>
  wholeNumber(min, max, initially).transform((value) => value * 1000);
const urlOf = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const Environment = z.object({
  PORT: wholeNumber(0, 65_535, 3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  BASE_URL: urlOf('http:', 'https:').optional(),
  CORS_ORIGINS: z.string().default(''),
  TRUST_PROXY: wholeNumber(0, 10, 0),
  DATABASE_URL: urlOf('mysql:', 'mariadb:'),
  DATABASE_POOL_MAX: wholeNumber(2, 500, 10),
  REDIS_URL: urlOf('redis:', 'rediss:'),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters: try `openssl rand -hex 32`'),
  JWT_SECRET_PREVIOUS: z.string().min(32).optional(),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\w+/, 'must be a Stripe secret key (sk_test_... or sk_live_...)'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_\S+/, 'must be the signing secret of the webhook endpoint (whsec_...)'),
  STRIPE_WEBHOOK_SECRET_PREVIOUS: z
    .string()
    .regex(/^whsec_\S+/)
    .optional(),
  STRIPE_API_BASE: urlOf('http:', 'https:').optional(),
  STRIPE_REQUESTS_PER_SECOND: wholeNumber(1, 100_000, 25),
  HOLD_TTL_SECONDS: seconds(2, 3600, 60),
  HOLD_MAX_SECONDS: seconds(2, 7200, 600),
  CHECKOUT_WINDOW_SECONDS: seconds(2, 1800, 600),
  SEATS_PER_HOLD_MAX: wholeNumber(1, 100, 10),
  CLAIMS_QUEUED_MAX: wholeNumber(1, 10_000_000, 20_000),
  CLEANUP_INTERVAL_SECONDS: seconds(1, 600, 10),
  RECOVERY_SECONDS: seconds(2, 60, 10),
  RATE_LIMIT_ADDRESS_PER_MINUTE: wholeNumber(1, 100_000_000, 120_000),
  RATE_LIMIT_USER_PER_MINUTE: wholeNumber(1, 1_000_000, 300),
  RATE_LIMIT_SIGN_IN_PER_MINUTE: wholeNumber(1, 1_000_000, 1_000),
  REQUESTS_AT_ONCE_MAX: wholeNumber(1, 1_000_000, 2_000),
  STREAMS_PER_SERVER_MAX: wholeNumber(1, 1_000_000, 20_000),
  STREAMS_PER_ADDRESS_MAX: wholeNumber(1, 1_000_000, 1_000),
  METRICS_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port')
    .transform(Number)
    .pipe(z.number().max(65_535))
    .optional(),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

/**
 * Reads the configuration from environment variables; an empty variable counts as absent.
 * @throws ConfigError that names every fault at once, and never a value.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => faultLine(issue, present)));
  }
  const env = parsed.data;
  if (env.HOLD_MAX_SECONDS < env.HOLD_TTL_SECONDS) {
    throw new ConfigError(['HOLD_MAX_SECONDS must not be less than HOLD_TTL_SECONDS']);
  }
  return toConfig(env);
}

function toConfig(env: z.output<typeof Environment>): Config {
  return {
    http: {
      port: env.PORT,
      host: env.HOST,
      baseUrl: (env.BASE_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
      corsOrigins: env.CORS_ORIGINS.split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
      trustedProxies: env.TRUST_PROXY,
      requestsAtOnceMax: env.REQUESTS_AT_ONCE_MAX,
    },
    databaseUrl: env.DATABASE_URL,
    databasePoolMax: env.DATABASE_POOL_MAX,
    redisUrl: env.REDIS_URL,
    jwtSecrets: [env.JWT_SECRET, ...(env.JWT_SECRET_PREVIOUS ? [env.JWT_SECRET_PREVIOUS] : [])],
    stripe: {
      secretKey: env.STRIPE_SECRET_KEY,
      webhookSecrets: [
        env.STRIPE_WEBHOOK_SECRET,
        ...(env.STRIPE_WEBHOOK_SECRET_PREVIOUS ? [env.STRIPE_WEBHOOK_SECRET_PREVIOUS] : []),
      ],
      apiBase: env.STRIPE_API_BASE ?? null,
      requestsPerSecond: env.STRIPE_REQUESTS_PER_SECOND,
    },
    holds: {
      ttlMs: env.HOLD_TTL_SECONDS,
      totalMs: env.HOLD_MAX_SECONDS,
      checkoutWindowMs: env.CHECKOUT_WINDOW_SECONDS,
      seatsPerHoldMax: env.SEATS_PER_HOLD_MAX,
      claimsQueuedMax: env.CLAIMS_QUEUED_MAX,
    },
    cleanupIntervalMs: env.CLEANUP_INTERVAL_SECONDS,
    recoveryMs: env.RECOVERY_SECONDS,
    rateLimits: {
      perAddressPerMinute: env.RATE_LIMIT_ADDRESS_PER_MINUTE,
      perUserPerMinute: env.RATE_LIMIT_USER_PER_MINUTE,
      signInsPerMinute: env.RATE_LIMIT_SIGN_IN_PER_MINUTE,
    },
    streams: { perServerMax: env.STREAMS_PER_SERVER_MAX, perAddressMax: env.STREAMS_PER_ADDRESS_MAX },
    metrics: { port: env.METRICS_PORT ?? null, token: env.METRICS_TOKEN ?? null },
    logLevel: env.LOG_LEVEL,
  };
}

function faultLine(issue: z.core.$ZodIssue, present: Readonly<Record<string, unknown>>): string {
  const name = String(issue.path[0]);
  return name in present
    ? `${name} ${issue.message}`
    : `${name} is missing: set it in .env (see .env.example), or run \`npm start\`, which brings its own`;
}
