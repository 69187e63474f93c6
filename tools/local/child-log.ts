import { open } from 'node:fs/promises';

/** How much of a log's end is read for its last words. */
const TAIL_BYTES = 16_384;
const WORDS_MAX = 300;

/**
 * What a process said of its own end, in one line, from the end of its log: the last line that reads like a failure,
 * else the last line at all. Logs of ours are JSON lines, other programs' are text.
 */
export async function lastWords(logFile: string): Promise<string> {
  const lines = (await tail(logFile)).split('\n').filter((line) => line.trim() !== '');
  const said = lines.findLast((line) => FAILURE.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return fromJson(said).trim().slice(0, WORDS_MAX);
}

/** An uncaught error (`TypeError: ...`), a server's own mark, or a JSON line of level 50 (error) or 60 (fatal). */
const FAILURE = /^\s*[A-Z]\w*(Error|Failure)\b|\[ERROR\]|\bERROR:|FATAL|"level":(50|60)\b/;

async function tail(logFile: string): Promise<string> {
  try {
    const file = await open(logFile, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return ''; // No log means no last words; the caller's message stands without them.
  }
}

function fromJson(line: string): string {
  try {
    const entry: unknown = JSON.parse(line);
    return [textAt(entry, 'msg'), textAt(fieldAt(entry, 'err'), 'message')]
      .filter((text) => text !== '')
      .join(': ');
  } catch {
    return line;
  }
}

function fieldAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

function textAt(value: unknown, name: string): string {
  const text = fieldAt(value, name);
  return typeof text === 'string' ? text : '';
}
