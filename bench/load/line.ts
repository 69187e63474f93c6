import { connect } from 'node:net';

/** `head` holds the status line and the headers; `body` is valid only until the callback that got it returns. */
export type Answer = { readonly status: number; readonly head: string; readonly body: Buffer };

/** One keep-alive connection with one request open at a time. */
export type Line = {
  /** Sends `request` (bytes as latin1) and calls back once: with the answer, or null when the connection broke. */
  ask(request: string, answered: (answer: Answer | null) => void): void;
  readonly isOpen: () => boolean;
  close(): void;
};

const READ_BYTES = 256 * 1024;
/** All connections read into the same memory: it is looked at before the next one reads. */
const shared = Buffer.allocUnsafe(READ_BYTES);
const NOTHING = Buffer.alloc(0);

/**
 * Opens a connection for HTTP/1.1 by hand, because on a machine that is shared with the server the generator's own cost
 * is the first thing to keep small. @throws the system's error when nobody listens.
 */
export async function openLine(port: number, host = '127.0.0.1'): Promise<Line> {
  let waiting: ((answer: Answer | null) => void) | null = null;
  let kept: Buffer = NOTHING;
  let isOpen = false;
  const opened = Promise.withResolvers<void>();
  const take = (answer: Answer | null) => {
    const answered = waiting;
    waiting = null;
    answered?.(answer);
  };
  const socket = connect({
    port,
    host,
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (bytes) => {
        const fresh = shared.subarray(0, bytes);
        const received = kept.length === 0 ? fresh : Buffer.concat([kept, fresh]);
        const answer = readAnswer(received);
        if (answer === null) kept = received === fresh ? Buffer.from(fresh) : received;
        else {
          kept = NOTHING;
          take(answer);
        }
        return true;
      },
    },
  });
  socket.once('connect', () => {
    isOpen = true;
    opened.resolve();
  });
  socket.on('error', (error) => opened.reject(error));
  socket.once('close', () => {
    isOpen = false;
    take(null);
  });
  await opened.promise;
  return {
    ask(request, answered) {
      waiting = answered;
      if (isOpen) socket.write(request, 'latin1');
      else take(null);
    },
    isOpen: () => isOpen,
    close: () => socket.destroy(),
  };
}

/** Sends and waits for the answer, with a body that may be kept. @throws when the connection broke. */
export function asked(line: Line, request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    line.ask(request, (answer) => {
      if (answer === null) reject(new Error('The connection broke before the answer.'));
      else resolve({ ...answer, body: Buffer.from(answer.body) });
    });
  });
}

/** The text of a request; `headers` are whole lines, each with its line end. */
export function requestText(method: string, path: string, headers: string, body?: string): string {
  const rest =
    body === undefined
      ? '\r\n'
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}${rest}`;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** null while the answer is not complete. */
function readAnswer(received: Buffer): Answer | null {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = received.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const bodyAt = end + HEAD_END.length;
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const bodyEnd = bodyAt + Number(length);
    return received.length < bodyEnd ? null : { status, head, body: received.subarray(bodyAt, bodyEnd) };
  }
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) return { status, head, body: NOTHING };
  const isWhole = received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  return isWhole ? { status, head, body: joinChunks(received, bodyAt) } : null;
}

function joinChunks(received: Buffer, from: number): Buffer {
  const chunks: Buffer[] = [];
  for (let at = from; ;) {
    const lineEnd = received.indexOf('\r\n', at, 'latin1');
    const bytes = Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    if (!(bytes > 0)) return Buffer.concat(chunks);
    chunks.push(received.subarray(lineEnd + 2, lineEnd + 2 + bytes));
    at = lineEnd + 2 + bytes + 2;
  }
}
