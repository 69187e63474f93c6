import { createServer, type Server } from 'node:http';
import { createApp } from './app.ts';
import { type Config, loadConfig } from './platform/config.ts';
import { giveBackStartMemory, keepOptimizedCode } from './platform/heap.ts';
import { watchForDrain } from './platform/http/drain.ts';
import { answerMalformed } from './platform/http/malformed-request.ts';
import { runProcess, stopOnSignal } from './platform/shutdown.ts';
import { type Resources, openResources } from './resources.ts';

const KEEP_ALIVE_MS = 65_000;
const HEADERS_WITHIN_MS = 15_000;
const REQUEST_WITHIN_MS = 30_000;
/** How often Node looks for requests that are late; its default would let them go on for 30 s longer. */
const LATE_REQUESTS_CHECK_MS = 3_000;
const ANSWERS_END_WITHIN_MS = 5_000;

export type RunningServer = {
  readonly port: number;
  readonly resources: Resources;
  /** Takes no new connections, answers what is at hand, closes everything. */
  stop(): Promise<void>;
};

/** PROCESS: config -> resources -> app -> listen. */
export async function startServer(config: Config): Promise<RunningServer> {
  const resources = await openResources(config, 'server');
  const app = await createApp(resources);
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      connectionsCheckingInterval: LATE_REQUESTS_CHECK_MS,
      requireHostHeader: false,
    },
    app.express,
  );
  answerMalformed(server, config.http.baseUrl);
  const drain = watchForDrain(server);
  const port = await listen(server, config);
  resources.log.info({ port }, 'server.listening');
  return {
    port,
    resources,
    async stop() {
      const drained = drain(ANSWERS_END_WITHIN_MS);
      await app.close();
      await drained;
      await resources.close();
    },
  };
}

async function listen(server: Server, config: Config): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ port: config.http.port, host: config.http.host, backlog: 4096 }, resolve);
  await promise;
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : config.http.port;
}

async function main(): Promise<void> {
  giveBackStartMemory();
  keepOptimizedCode();
  const server = await startServer(loadConfig(process.env));
  stopOnSignal(server.resources.log, () => server.stop());
}

if (import.meta.main) runProcess(main);
