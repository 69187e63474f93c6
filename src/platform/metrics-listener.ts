import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { StartError } from './shutdown.ts';

export type MetricsListener = {
  /** null when METRICS_PORT is not set. */
  readonly port: number | null;
  close(): Promise<void>;
};

/**
 * Shows a worker's `/metrics` and `/healthz` on METRICS_PORT, if that is set; the server shows its own beside the API.
 * @throws StartError when the port is taken.
 */
export async function listenForMetrics(resources: {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: Log;
}): Promise<MetricsListener> {
  const { config, log } = resources;
  if (config.metrics.port === null) return { port: null, close: async () => {} };
  const server = createServer((req, res) => {
    answer(resources, req, res).catch((error: unknown) => {
      log.error({ err: error }, 'metrics.failed');
      res.destroy();
    });
  });
  server.listen(config.metrics.port, config.http.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new StartError(`METRICS_PORT ${config.metrics.port} can not be used: ${String(error)}`);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.metrics.port;
  log.info({ port }, 'metrics.listening');
  return {
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whether the caller may see metrics: anyone, unless METRICS_TOKEN is set. */
export function maySeeMetrics(config: Config, authorization: string | undefined): boolean {
  if (config.metrics.token === null) return true;
  const expected = Buffer.from(`Bearer ${config.metrics.token}`);
  const sent = Buffer.from(authorization ?? '');
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

async function answer(
  { config, metrics }: { readonly config: Config; readonly metrics: Metrics },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.url === '/healthz') {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  } else if (req.url !== '/metrics') {
    res.writeHead(404).end();
  } else if (!maySeeMetrics(config, req.headers.authorization)) {
    res.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
  } else {
    const { contentType, text } = await metrics.render();
    res.writeHead(200, { 'content-type': contentType }).end(text);
  }
}
