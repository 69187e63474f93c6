import type { Child, ChildExit } from './child.ts';
import { lastWords } from './child-log.ts';
import { messageOf } from './failure.ts';
import { freePort, whyTaken } from './free-port.ts';

/** A server that only we use, as a child process. */
export interface PrivateServer {
  /** How clients reach it; the same before and after `restart`. */
  readonly url: string;
  readonly port: number;
  /** The process id of now; another one after `restart`. */
  pid(): number;
  /** Settles when the process that runs now has ended, however it ended. */
  exited(): Promise<ChildExit>;
  /** A clean stop: everything acknowledged is on disk. Harmless when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would be; returns when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after a clean stop if it still runs. */
  restart(): Promise<void>;
}

export interface Launch {
  /** For messages: `MariaDB`, `Redis`. */
  readonly name: string;
  /** Where it would rather be; another port is chosen when something listens there. */
  readonly preferredPort: number | undefined;
  readonly logFile: string;
  readonly readyDeadlineMs: number;
  readonly stopDeadlineMs: number;
  urlAt(port: number): string;
  spawn(port: number): Promise<Child>;
  /** Resolves when a client can work with the server, rejects when it can't yet. */
  probe(port: number): Promise<void>;
}

/** Start tries: a port that was free may be taken by another process before the server binds it. */
const STARTS_MAX = 3;

/** Starts the server and returns when a client can work with it. */
export async function startPrivateServer(launch: Launch): Promise<PrivateServer> {
  let { port, child } = await startAnywhere(launch);
  return {
    url: launch.urlAt(port),
    port,
    pid: () => child.pid,
    exited: async () => await child.exited,
    stop: async () => await child.stop(launch.stopDeadlineMs),
    kill: async () => {
      child.signal('SIGKILL');
      await child.exited;
    },
    restart: async () => {
      await child.stop(launch.stopDeadlineMs);
      child = await startAt(launch, port);
    },
  };
}

async function startAnywhere(launch: Launch): Promise<{ port: number; child: Child }> {
  for (let start = 1; ; start += 1) {
    const port = await choosePort(start === 1 ? launch.preferredPort : undefined);
    try {
      return { port, child: await startAt(launch, port) };
    } catch (error) {
      const lostThePort = (await whyTaken(port, '127.0.0.1')) !== undefined;
      if (!lostThePort || start === STARTS_MAX) throw error;
    }
  }
}

async function choosePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await whyTaken(preferred, '127.0.0.1')) === undefined) return preferred;
  return await freePort();
}

async function startAt(launch: Launch, port: number): Promise<Child> {
  const child = await launch.spawn(port);
  const deadline = Date.now() + launch.readyDeadlineMs;
  for (;;) {
    try {
      await launch.probe(port);
      // A stranger on the same port may have answered in its place.
      if (!child.hasExited()) return child;
    } catch (error) {
      if (!child.hasExited() && Date.now() > deadline) {
        await child.stop(launch.stopDeadlineMs);
        throw new Error(`${launch.name} did not answer in time: ${messageOf(error)}`, { cause: error });
      }
    }
    if (child.hasExited()) throw await endedAtStart(launch);
    await pause(PROBE_INTERVAL_MS);
  }
}

async function endedAtStart(launch: Launch): Promise<Error> {
  return new Error(
    `${launch.name} ended at its start (${launch.logFile}): ${await lastWords(launch.logFile)}`,
  );
}

const PROBE_INTERVAL_MS = 25;

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
