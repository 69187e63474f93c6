import type { Log } from './log.ts';

const STOP_WITHIN_MS = 9_500;

/**
 * Stops the process in order on SIGTERM and SIGINT: `stop` ends taking work, finishes what is at hand and closes
 * connections. Exits 0 when it did, 1 when it failed or took longer than 9.5 s.
 */
export function stopOnSignal(log: Log, stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'process.stopping');
    setTimeout(() => {
      log.error({ withinMs: STOP_WITHIN_MS }, 'process.stop-took-too-long');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    stop().then(
      () => {
        log.info('process.stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'process.stop-failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/**
 * Starts a process's `main`. An error that a person can mend (a wrong variable, a server that is away, a taken port)
 * is told in plain words, without a stack trace.
 */
export function runProcess(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  });
}

/** Their messages say what a person can do. */
const PLAIN_ERRORS: ReadonlySet<string> = new Set(['ConfigError', 'StartError', 'PlainFailure']);

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (PLAIN_ERRORS.has(error.name)) return error.message;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `The port is taken: ${error.message}. Choose another with PORT=...`;
  return error.stack ?? error.message;
}

/** A start that failed for a reason which a person can mend; the message says how. */
export class StartError extends Error {
  override name = 'StartError';
}
