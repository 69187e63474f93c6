import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerApi } from './api-server.ts';
import { configureEndpoint } from './api/webhook-endpoints.ts';
import { createClock } from './clock.ts';
import { answerControl } from './control/control.ts';
import { doWhatIsDue, planWhatIsDue } from './due.ts';
import { createFaults } from './faults.ts';
import { sendJson } from './http-io.ts';
import { answerPage } from './pages/pay-page.ts';
import { openStore, type Store } from './store.ts';
import { createTimetable } from './timetable.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { change, type ConfiguredWebhook, type World } from './world.ts';

export interface StandInOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Where it keeps its journal; made if missing. One stand-in at a time. */
  readonly dataDir: string;
  /** An endpoint that is there from the start, its events signed with this secret. */
  readonly webhook?: ConfiguredWebhook;
  /** The time in milliseconds since 1970; real time if left out. */
  readonly clock?: () => number;
  /** Told when the journal can no longer be written; by default the process ends. */
  readonly onFailure?: (error: Error) => void;
}

export interface StandIn {
  readonly url: string;
  readonly port: number;
  /** Finishes what is under way for up to a second and closes; what it knows stays in the folder. */
  stop(): Promise<void>;
}

const tickMs = 200;
const keepAliveMs = 65_000;
const finishWithinMs = 1_000;

/**
 * Starts Stripe's stand-in on 127.0.0.1. Started again on the same folder it knows all it knew, and goes on
 * sending the webhooks it owed. Rejects with the system's error when the port is taken or the folder unusable.
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const ready = Promise.withResolvers<World>();
  ready.promise.catch(() => undefined);
  const server = createServer((req, res) => {
    void ready.promise.then((world) => answer(world, req, res));
  });
  server.keepAliveTimeout = keepAliveMs;
  // The port first: a second stand-in must not touch the folder of the one that runs.
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  let stopping = false;
  const onFailure = (error: Error): void => {
    if (!stopping) (options.onFailure ?? throwLater)(error);
  };
  try {
    const { world, store } = await createWorld(options, url, onFailure);
    ready.resolve(world);
    const ticking = setInterval(() => void doWhatIsDue(world).catch(onFailure), tickMs);
    return {
      url,
      port,
      async stop() {
        stopping = true;
        clearInterval(ticking);
        world.deliveries.stop();
        await closeServer(server);
        await store.close();
      },
    };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

async function createWorld(
  options: StandInOptions,
  baseUrl: string,
  onFailure: (error: Error) => void,
): Promise<{ world: World; store: Store }> {
  const clock = createClock(options.clock);
  const store = await openStore(options.dataDir, () => clock.nowSeconds(), onFailure);
  clock.setOffset(store.clockOffsetMs);
  const faults = createFaults();
  const world: World = {
    store,
    clock,
    faults,
    timetable: createTimetable(),
    deliveries: new Deliveries({ store, clock, faults, baseUrl: () => baseUrl, onFailure }),
    baseUrl,
    webhook: options.webhook,
  };
  planWhatIsDue(world);
  await change(world, () => configureEndpoint(world, options.webhook));
  world.deliveries.resumeAfterRestart();
  await doWhatIsDue(world);
  return { world, store };
}

async function answer(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = req.url ?? '/';
  try {
    if (path.startsWith('/v1/')) await answerApi(world, req, res);
    else if (path.startsWith('/c/pay/')) await answerPage(world, req, res);
    else if (path.startsWith('/_control')) await answerControl(world, req, res);
    else if (path === '/' || path === '/healthz') sendJson(res, 200, JSON.stringify(about));
    else
      sendJson(res, 404, JSON.stringify({ error: { type: 'invalid_request_error', message: 'Not found.' } }));
  } catch (error) {
    if (res.headersSent || res.destroyed) return;
    console.error('stripe stand-in: a fault of its own:', error);
    sendJson(res, 500, JSON.stringify({ error: { type: 'api_error', message: String(error) } }));
  }
}

const about = {
  status: 'ok',
  server: 'Stripe stand-in',
  note: 'A local stand-in for tests: no money moves.',
};

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is an AddressInfo
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), finishWithinMs);
  await closed;
  clearTimeout(cut);
}

function throwLater(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
