import type { Answer, Line } from './line.ts';
import { openLine } from './line.ts';

/** What is sent and what must come back. */
export type Script = {
  /** The connection's next request; null when it has nothing more to send. */
  next(connection: number): string | null;
  /** The name under which the answer is counted. @throws when it is not the right one */
  check(answer: Answer, connection: number): string;
};

export type Load = {
  /** Connections are spread over these. */
  readonly ports: readonly number[];
  /** Each with one request open at a time. */
  readonly connections: number;
  readonly durationMs: number;
  /** Open loop: requests are due at this rate whatever the answers do. Without it each answer brings the next request. */
  readonly perSecond?: number | undefined;
  /** Open loop: what was due and found no connection until the end is not sent any more. */
  readonly dropLate?: boolean | undefined;
  /** Closed loop: whoever is told to come again later sends nothing until then, and then at once. */
  readonly heedsRetryAfter?: boolean | undefined;
  readonly script: Script;
};

export type LoadResult = {
  /** Right answers by name. */
  readonly counts: Readonly<Record<string, number>>;
  readonly wrong: number;
  readonly firstFault: string | null;
  /** When all connections were open and the first request was sent, as `Date.now()` tells it. */
  readonly begunAtMs: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** By name; from the time at which the request was due, so that a server that stalls is charged for all who waited. */
  readonly latenciesMs: Readonly<Record<string, Float64Array>>;
  /** Processor time of the generator itself. */
  readonly generatorSeconds: number;
};

/** Sends a load and checks every answer. */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const lines = await openLines(load);
  const record = openRecord();
  const cpu = process.cpuUsage();
  const begunMs = performance.now();
  const begunAtMs = Date.now();
  try {
    if (load.perSecond === undefined) await closedLoop(load, lines, record, begunMs);
    else await openLoop(load, load.perSecond, lines, record, begunMs);
  } finally {
    for (const line of lines) line.close();
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...record.result(),
    begunAtMs,
    seconds: (performance.now() - begunMs) / 1000,
    generatorSeconds: (user + system) / 1e6,
  };
}

const OPENED_AT_ONCE = 200;

export async function openLines({
  ports,
  connections,
}: Pick<Load, 'ports' | 'connections'>): Promise<Line[]> {
  const lines: Line[] = [];
  while (lines.length < connections) {
    const count = Math.min(OPENED_AT_ONCE, connections - lines.length);
    const from = lines.length;
    const group = Array.from({ length: count }, (_, index) =>
      openLine(ports[(from + index) % ports.length] ?? 0),
    );
    lines.push(...(await Promise.all(group)));
  }
  return lines;
}

type Record_ = ReturnType<typeof openRecord>;

function openRecord() {
  const latencies = new Map<string, number[]>();
  let wrong = 0;
  let firstFault: string | null = null;
  const fault = (error: unknown) => {
    wrong += 1;
    firstFault ??= error instanceof Error ? error.message : String(error);
  };
  return {
    take({ script }: Load, answer: Answer | null, connection: number, dueMs: number): void {
      if (answer === null) return fault('The connection broke before the answer.');
      const tookMs = performance.now() - dueMs;
      try {
        const name = script.check(answer, connection);
        const known = latencies.get(name);
        if (known === undefined) latencies.set(name, [tookMs]);
        else known.push(tookMs);
      } catch (error) {
        fault(error);
      }
    },
    result: () => ({
      counts: Object.fromEntries([...latencies].map(([name, each]) => [name, each.length])),
      latenciesMs: Object.fromEntries([...latencies].map(([name, each]) => [name, Float64Array.from(each)])),
      wrong,
      firstFault,
    }),
  };
}

function closedLoop(load: Load, lines: readonly Line[], record: Record_, begunMs: number): Promise<void> {
  const deadlineMs = begunMs + load.durationMs;
  return new Promise((resolve) => {
    let running = lines.length;
    const send = (line: Line, connection: number, dueMs: number) => {
      const request = dueMs < deadlineMs ? load.script.next(connection) : null;
      if (request === null) {
        running -= 1;
        if (running === 0) resolve();
        return;
      }
      line.ask(request, (answer) => {
        record.take(load, answer, connection, dueMs);
        const waitMs = load.heedsRetryAfter === true ? retryAfterMs(answer) : 0;
        const nextMs = performance.now() + waitMs;
        if (waitMs > 0 && nextMs < deadlineMs) setTimeout(send, waitMs, line, connection, nextMs);
        else send(line, connection, nextMs);
      });
    };
    for (const [connection, line] of lines.entries()) send(line, connection, performance.now());
  });
}

/** How long the server asks to be left alone; 0 unless it does. */
function retryAfterMs(answer: Answer | null): number {
  if (answer === null || answer.status < 429) return 0;
  return Number(/\r\nretry-after: (\d+)/i.exec(answer.head)?.[1] ?? 0) * 1000;
}

/** A timer of a millisecond hands what is due to the connection that has been idle longest; what finds none waits, and counts. */
function openLoop(
  load: Load,
  perSecond: number,
  lines: readonly Line[],
  record: Record_,
  begunMs: number,
): Promise<void> {
  let total = Math.floor((load.durationMs / 1000) * perSecond);
  const idle = [...lines.keys()];
  let idleFrom = 0;
  let sent = 0;
  let answered = 0;
  return new Promise((resolve) => {
    const sendDue = () => {
      while (sent < total && idleFrom < idle.length) {
        const dueMs = begunMs + (sent * 1000) / perSecond;
        if (dueMs > performance.now()) return;
        const connection = idle[idleFrom] ?? 0;
        idleFrom += 1;
        sent += 1;
        lines[connection]?.ask(load.script.next(connection) ?? '', (answer) => {
          record.take(load, answer, connection, dueMs);
          answered += 1;
          idle.push(connection);
          if (answered < total) {
            sendDue();
            return;
          }
          clearInterval(timer);
          resolve();
        });
      }
    };
    const timer = setInterval(sendDue, 1);
    if (load.dropLate !== true) return;
    setTimeout(() => {
      total = sent;
      if (answered < total) return;
      clearInterval(timer);
      resolve();
    }, load.durationMs);
  });
}
