import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from './redis.ts';

/** Runs a script on the keys it declares; the reply is what the script's own parser made of it. */
export type LuaScript<Reply> = (
  redis: Redis,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Reply>;

/**
 * Loads a script from its file, once per process. It is called by its hash, and sent whole when Redis does not know it
 * (after a restart or `SCRIPT FLUSH`), so no step at start-up is needed.
 */
export function loadScript<Reply>(file: URL, parse: (reply: unknown) => Reply): LuaScript<Reply> {
  const source = readFileSync(file, 'utf8');
  const hash = createHash('sha1').update(source).digest('hex');
  return (redis, keys, args) =>
    redis.evalsha(hash, keys.length, ...keys, ...args).then(parse, (error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(source, keys.length, ...keys, ...args).then(parse);
    });
}
