const POLL_MS = 20;
const WITHIN_MS = 10_000;

/**
 * Tries `check` until it no longer throws, and returns what it returned.
 * @throws its last error when the time is over.
 */
export async function eventually<Result>(
  check: () => Promise<Result> | Result,
  withinMs = WITHIN_MS,
): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
