/**
 * A failure that the person at the terminal can put right: its message is the one line that they are shown,
 * and it says what to do. Anything else that is thrown is a fault of ours and keeps its stack.
 */
export class PlainFailure extends Error {
  override name = 'PlainFailure';
}

/** The message of anything thrown, for use inside a longer line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code (`ENOENT`, `EADDRINUSE`, ...) of anything thrown, if it carries one. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
