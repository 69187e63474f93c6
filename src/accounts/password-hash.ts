import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import { fitsBcrypt, normalisePassword } from './password-rules.ts';
import type { PasswordTask } from './password-worker.ts';

/** OWASP's Password Storage Cheat Sheet asks for 10 at least; 12 takes about 0.3 s of one core here. */
export const BCRYPT_COST = 12;
const THREADS_MAX = 4;
/** Beyond, a sign-in would wait for longer than a person does, so it is refused at once with 503. */
const WAITING_PER_THREAD_MAX = 64;
const THREAD_IDLE_MS = 30_000;
const RETRY_AFTER_SECONDS = '10';
/** A hash, of the same cost, of a random password that was thrown away. */
const DUMMY_HASH = '$2b$12$J3XOKg9d7vrT5BfgkFBNGus6Gi6pAo29sQeG7EGULPO2FKniETYge';

let pool: Piscina<PasswordTask, unknown> | null = null;

/** The bcrypt hash of a new password. @throws Problem `unavailable` when too many are waiting. */
export async function hashPassword(password: string): Promise<string> {
  return String(await run({ task: 'hash', password: normalisePassword(password), cost: BCRYPT_COST }));
}

/**
 * Whether the password belongs to the hash. A null hash (nobody has that address) is compared all the same, and so is
 * a password that bcrypt would cut off, so that the time taken tells nothing.
 * @throws Problem `unavailable` when too many are waiting.
 */
export async function isPasswordOf(hash: string | null, password: string): Promise<boolean> {
  const normalised = normalisePassword(password);
  const comparable = hash !== null && fitsBcrypt(normalised) ? hash : null;
  const isMatch = await run({ task: 'compare', password: normalised, hash: comparable ?? DUMMY_HASH });
  return comparable !== null && isMatch === true;
}

async function run(task: PasswordTask): Promise<unknown> {
  try {
    return await threads().run(task);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'Task queue is at limit') throw error;
    throw new Problem(
      PROBLEMS.unavailable,
      'Too many people are signing in right now: try again in a few seconds.',
      {
        cause: error,
        headers: { 'retry-after': RETRY_AFTER_SECONDS },
      },
    );
  }
}

/**
 * The threads are shared by all of the process, start with the first password and end when idle: most servers of a
 * sale see few passwords, and none should pay for the threads at its start. Idle threads keep no process alive.
 */
function threads(): Piscina<PasswordTask, unknown> {
  const threadsMax = Math.max(1, Math.min(THREADS_MAX, availableParallelism() - 1));
  pool ??= new Piscina<PasswordTask, unknown>({
    filename: fileURLToPath(new URL('./password-worker.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: threadsMax,
    maxQueue: threadsMax * WAITING_PER_THREAD_MAX,
    idleTimeout: THREAD_IDLE_MS,
    atomics: 'disabled',
  });
  return pool;
}
