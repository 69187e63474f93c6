import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/** Secrets that an object given to the log may carry under these names are cut out before they are written. */
const REDACTED_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["stripe-signature"]',
  'res.headers["set-cookie"]',
  // mysql2 puts the statement on its errors, with the values filled in: addresses, hashes of passwords and tokens.
  'err.sql',
  '*.password',
  '*.accessToken',
  '*.refreshToken',
  'password',
  'accessToken',
  'refreshToken',
];

/**
 * The same log for lines that come by the thousand and in which nothing would ever have to be cut out: looking for it
 * costs more than all of a 304.
 */
export function withoutSearch(log: Log): Log {
  return log.child({}, { redact: [] });
}

/** The process's log: one JSON line an outcome, to standard output. */
export function openLog(config: Pick<Config, 'logLevel'>, processName: string): Log {
  standardOutput ??= openStandardOutput();
  return pino(
    {
      level: config.logLevel,
      base: { process: processName },
      messageKey: 'message',
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    standardOutput,
  );
}

let standardOutput: DestinationStream | undefined;

/**
 * Writes the lines of one turn of the event loop in one piece: a system call and a buffer for each are felt in a rush. They
 * are written when the process exits, too, also by an error; one that is killed takes those of its last turn with it.
 */
function openStandardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  let lines = '';
  const flush = () => {
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}
