import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's answer: what is read of it is checked where it is read
type Body = any;
export type HttpAnswer = {
  readonly status: number;
  readonly body: Body;
  readonly location: string | null;
  readonly tookMs: number;
};
export type HttpCaller = {
  /** One call, tried again while the server is away, overloaded or asks for patience; never longer than the deadline. */
  call(
    method: string,
    path: string,
    options?: { token?: string | null; body?: unknown },
  ): Promise<HttpAnswer>;
  /** How often each status was answered; 0 stands for no answer. */
  readonly statuses: ReadonlyMap<number, number>;
  close(): void;
};

/** Fewer than a machine has ports, and as many as a server has to hold open for a crowd. */
export const CONNECTIONS_MAX = 512;
const ANSWER_WITHIN_MS = 20_000;
const RETRY_WAIT_MS = 100;
const RETRY_WAIT_MS_MAX = 2_000;
const PATIENCE: ReadonlySet<number> = new Set([0, 429, 500, 502, 503, 504]);

/** A caller over kept connections, as many as there are calls at once, up to a bound. */
export function openHttpCaller(baseUrl: string, deadlineMs: number): HttpCaller {
  const base = new URL(baseUrl);
  const isTls = base.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: CONNECTIONS_MAX, scheduling: 'lifo' as const };
  const agent = isTls ? new TlsAgent(options) : new Agent(options);
  const send = isTls ? tlsRequest : request;
  const statuses = new Map<number, number>();

  const once = async (method: string, path: string, token: string | null, body: unknown) => {
    const startedMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
    const answer = (status: number, text: string, location: string | null) =>
      resolve({ status, body: parse(text), location, tookMs: performance.now() - startedMs });
    const text = body === undefined ? null : JSON.stringify(body);
    const headers = {
      ...(text === null
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const req = send(new URL(path, base), { method, agent, headers, timeout: ANSWER_WITHIN_MS }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        answer(res.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), res.headers.location ?? null),
      );
      res.on('error', () => answer(0, '', null));
    });
    req.on('timeout', () => req.destroy());
    req.on('error', () => answer(0, '', null));
    req.end(text ?? undefined);
    return await promise;
  };

  return {
    statuses,
    async call(method, path, { token = null, body } = {}) {
      for (let tries = 1; ; tries += 1) {
        const answer = await once(method, path, token, body);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (!PATIENCE.has(answer.status) || performance.now() > deadlineMs) return answer;
        const backoffMs = RETRY_WAIT_MS * 2 ** Math.min(tries, 5) * (0.5 + Math.random());
        await wait(Math.min(RETRY_WAIT_MS_MAX, backoffMs));
      }
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): Body {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null; // An answer that is no JSON has no members that anyone would read.
  }
}
