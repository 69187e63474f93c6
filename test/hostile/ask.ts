import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { PROBLEM_CONTENT_TYPE, ProblemDocument } from '../../src/platform/http/problem-details.ts';

export type Sent = {
  readonly method: string;
  /** With its query, encoded as it is to be sent. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string | null;
};

export type Got = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

const ANSWER_WITHIN_MS = 20_000;

/**
 * Sends a request as it is: no header is added and none is mended. The body has its length unless `transfer-encoding`
 * is among the headers. Of a stream the head alone is waited for.
 */
export function ask(url: string, sent: Sent, agent?: Agent): Promise<Got> {
  const { hostname, port } = new URL(url);
  const { method, path, headers = {}, body = null } = sent;
  const { promise, resolve, reject } = Promise.withResolvers<Got>();
  const chunked = Object.keys(headers).some((name) => name.toLowerCase() === 'transfer-encoding');
  const length = body === null || chunked ? {} : { 'content-length': Buffer.byteLength(body) };
  const req = request({ hostname, port, method, path, agent, headers: { ...length, ...headers } });
  req.setTimeout(ANSWER_WITHIN_MS, () => req.destroy(new Error(`No answer to ${method} ${path}`)));
  req.on('error', reject);
  req.on('response', (res) => {
    const status = res.statusCode ?? 0;
    if (res.headers['content-type']?.startsWith('text/event-stream')) {
      res.destroy();
      return resolve({ status, headers: res.headers, text: '' });
    }
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('error', reject);
    res.on('end', () => {
      const unpack = UNPACKING[res.headers['content-encoding'] ?? ''] ?? ((bytes: Buffer) => bytes);
      // An answer without a body (to HEAD) may still say how the body would be packed.
      const bytes = Buffer.concat(chunks);
      resolve({
        status,
        headers: res.headers,
        text: bytes.length === 0 ? '' : unpack(bytes).toString('utf8'),
      });
    });
  });
  req.end(body ?? undefined);
  return promise;
}

const UNPACKING: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

export type Conversation = {
  /** All that the server said until it closed the connection. */
  readonly text: string;
  readonly status: number;
  readonly body: string;
  readonly tookMs: number;
};

/** Writes bytes to the server, then (by `trickle`) more every so often, and listens until the server hangs up. */
export async function talk(
  url: string,
  opening: string | Buffer,
  options: { trickle?: string; everyMs?: number; withinMs?: number } = {},
): Promise<Conversation> {
  const { hostname, port } = new URL(url);
  const startedMs = performance.now();
  const socket = connect(Number(port), hostname);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  // The server may cut the connection while we write to it: what it has said is what counts.
  socket.on('error', () => {});
  socket.on('close', () => resolve());
  socket.on('connect', () => socket.write(opening));
  const { trickle, everyMs = 200, withinMs = ANSWER_WITHIN_MS } = options;
  const drops = trickle === undefined ? undefined : setInterval(() => socket.write(trickle), everyMs);
  const deadline = setTimeout(() => reject(new Error(`Still open after ${withinMs} ms: ${text}`)), withinMs);
  try {
    await promise;
  } finally {
    clearInterval(drops);
    clearTimeout(deadline);
    socket.destroy();
  }
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return {
    text,
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    body: rest.join('\r\n\r\n'),
    tookMs: performance.now() - startedMs,
  };
}

/** Nothing of ours may show in an answer: frames of a stack, paths, statements, names of errors of the stores. */
const INSIDES =
  /\bat \S+ \(|\bat file:|node_modules|\/src\/|\.ts:\d+|\bER_[A-Z_]+|sqlMessage|ECONNREFUSED|WRONGTYPE|\b(?:select|insert into|update|delete from|from) `/;
const PROBLEM_BYTES_MAX = 100_000;

/** What is wrong with an answer that refuses; '' when it is as it should be. */
export function faultOfRefusal({ status, headers, text }: Got): string {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith(PROBLEM_CONTENT_TYPE)) return `its content type is "${type}"`;
  if (text.length > PROBLEM_BYTES_MAX) return `it has ${text.length} characters`;
  if (INSIDES.test(text)) return `it shows our insides: ${INSIDES.exec(text)?.[0]}`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const parsed = ProblemDocument.safeParse(json);
  if (!parsed.success) return `it does not fit the schema: ${parsed.error.message}`;
  const problem = parsed.data;
  if (problem.status !== status) return `it says status ${problem.status}`;
  if (!problem.type.endsWith(`/problems#${problem.code}`)) return `its type is ${problem.type}`;
  if (problem.instance !== `urn:uuid:${String(headers['x-request-id'])}`)
    return `its instance is ${problem.instance}`;
  return '';
}
