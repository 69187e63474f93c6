/** The logins that the seed makes; they exist only in a database that `npm start` seeds. */
export const DEMO_LOGINS = [
  { who: 'buyer', email: 'buyer@holdfast.example' },
  { who: 'administrator', email: 'admin@holdfast.example' },
] as const;

/**
 * Whether demo events and logins go into this database: into ours always, into one that DATABASE_URL names only if it is
 * on this machine and this isn't production, because an administrator's login would come with them.
 */
export function isForDemo(env: NodeJS.ProcessEnv): boolean {
  const url = env['DATABASE_URL'];
  if (url === undefined) return true;
  return env['NODE_ENV'] !== 'production' && LOOPBACK.has(new URL(url).hostname);
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
