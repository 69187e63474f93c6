import { type Socket, connect } from 'node:net';

/** One request, ready to be written; made anew for each send, so that no two need be the same. */
export type NextRequest = () => Buffer;
export type Answer = { readonly status: number; readonly body: Buffer };

export type Load = {
  readonly port: number;
  /** Keep-alive connections, each with one request open at a time. */
  readonly connections: number;
  readonly durationMs: number;
  /** Called with the number of the connection. */
  readonly next: (connection: number) => Buffer | null;
  /** @throws to count the answer as wrong */
  readonly check: (answer: Answer, connection: number) => void;
  /** Open loop: requests are due at this rate whatever the answers do. Without it, each answer brings the next request. */
  readonly perSecond?: number;
};

export type LoadResult = {
  readonly answers: number;
  readonly wrong: number;
  readonly firstFault: string | null;
  readonly seconds: number;
  readonly perSecond: number;
  /** From the time at which the request was due, so that a server that stalls is charged for all who waited. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
};

/**
 * Sends a load and checks every answer. A hand-made HTTP/1.1 client on plain sockets, because on a machine that is shared with
 * the server the generator's own cost is the first thing to keep small.
 */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  let wrong = 0;
  let firstFault: string | null = null;
  const begun = performance.now();
  const deadline = begun + load.durationMs;
  const due = dueTimes(load, begun);

  const run = async (index: number) => {
    const line = await openLine(load.port);
    try {
      for (;;) {
        const dueAt = await due();
        if (dueAt >= deadline) return;
        const request = load.next(index);
        if (request === null) return;
        const answer = await line.ask(request);
        latencies.push(performance.now() - dueAt);
        try {
          load.check(answer, index);
        } catch (error) {
          wrong += 1;
          firstFault ??= error instanceof Error ? error.message : String(error);
        }
      }
    } finally {
      line.close();
    }
  };
  await Promise.all(Array.from({ length: load.connections }, (_, index) => run(index)));
  const seconds = (performance.now() - begun) / 1000;
  return {
    answers: latencies.length,
    wrong,
    firstFault,
    seconds,
    perSecond: latencies.length / seconds,
    latencyMs: percentiles(latencies),
  };
}

export function percentiles(values: number[]): LoadResult['latencyMs'] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** The request line and headers are the caller's; only the length of the body is added. */
export function requestBytes(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  if (body !== undefined)
    lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** When the next request is due: now, or the next tick of an open loop that all connections share. */
function dueTimes(load: Load, begun: number): () => Promise<number> {
  const { perSecond } = load;
  if (perSecond === undefined) return async () => performance.now();
  let sent = 0;
  return async () => {
    const dueAt = begun + (sent * 1000) / perSecond;
    sent += 1;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    return dueAt;
  };
}

type Line = { ask(request: Buffer): Promise<Answer>; close(): void };

async function openLine(port: number): Promise<Line> {
  const socket = await opened(port);
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = readAnswer(received);
    if (answer === null) return;
    received = received.subarray(answer.bytes);
    const { resolve } = waiting ?? { resolve: () => {} };
    waiting = null;
    resolve(answer);
  });
  const fail = (error: Error) => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed the connection.')));
  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** null while the answer is not complete. Answers with a length, without a body, or chunked. */
function readAnswer(received: Buffer): (Answer & { bytes: number }) | null {
  const end = received.indexOf(HEADERS_END);
  if (end < 0) return null;
  const head = received.toString('latin1', 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyAt = end + 4;
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    const bytes = bodyAt + Number(length);
    return received.length < bytes ? null : { status, body: received.subarray(bodyAt, bytes), bytes };
  }
  if (!head.includes('\r\ntransfer-encoding: chunked'))
    return { status, body: Buffer.alloc(0), bytes: bodyAt };
  const last = received.indexOf('\r\n0\r\n\r\n', bodyAt - 2, 'latin1');
  return last < 0 ? null : { status, body: received.subarray(bodyAt, last), bytes: last + 7 };
}
