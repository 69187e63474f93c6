import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { migrate } from '../../../db/migrate.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import { connectionOptions } from '../../../src/platform/mysql.ts';
import { type Resources, openResources } from '../../../src/resources.ts';
import { freePort } from '../../local/free-port.ts';
import { WEBHOOK_SECRET, environmentOf } from './environment.ts';
import { type StandInControl, controlOf } from './stand-in-control.ts';
import type { Stores } from './stores.ts';
import { type Unit, makeUnit } from './unit.ts';

/** A whole Holdfast as in production: two of each process, and the stand-in for Stripe. */
export type System = {
  readonly stores: Stores;
  readonly units: readonly Unit[];
  readonly serverUrls: readonly string[];
  readonly databaseUrl: string;
  readonly folder: string;
  /** The drill's own access to the stores, to set up and to check. */
  readonly resources: Resources;
  readonly standIn: StandInControl;
  unitsOf(kind: Unit['kind']): readonly Unit[];
  stop(): Promise<void>;
};

export type SystemOptions = {
  readonly folder: string;
  /** Variables of the product that differ from the drill's. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many of each process. */
  readonly each?: number;
  /** What else a process is started with, by its name (`server 1`). */
  readonly startedWith?: (name: string) => {
    readonly env: Readonly<Record<string, string>>;
    readonly nodeArgs: readonly string[];
  };
};

/** Starts it in an empty database, with an empty Redis and empty books at the stand-in. */
export async function startSystem(
  stores: Stores,
  { folder, env = {}, each = 2, startedWith }: SystemOptions,
): Promise<System> {
  await mkdir(folder, { recursive: true });
  const databaseUrl = await stores.newDatabase();
  const ports = await freePorts(each + 1);
  const [standInPort = 0, ...serverPorts] = ports;
  const standInUrl = `http://127.0.0.1:${standInPort}`;
  const shared = {
    ...environmentOf({
      databaseUrl,
      redisUrl: stores.redis.url,
      standInUrl,
      port: serverPorts[0] ?? 0,
      compileCache: join(folder, '..', 'compile-cache'),
    }),
    ...env,
  };
  const resources = await openResources(loadConfig({ ...shared, LOG_LEVEL: 'silent' }), 'drill');
  await resources.redis.flushall();
  await migrate(resources.db);
  const units = makeUnits(folder, shared, standInPort, serverPorts, startedWith);
  await Promise.all(units.map((unit) => unit.start()));
  const standIn = controlOf(standInUrl);
  await standIn.mend();
  return {
    stores,
    units: units.filter(({ kind }) => kind !== 'stand-in'),
    serverUrls: serverPorts.map((port) => `http://127.0.0.1:${port}`),
    databaseUrl,
    folder,
    resources,
    standIn,
    unitsOf: (kind) => units.filter((unit) => unit.kind === kind),
    async stop() {
      await Promise.all(units.map((unit) => unit.stop()));
      await resources.close();
      await dropDatabase(stores, databaseUrl);
    },
  };
}

function makeUnits(
  folder: string,
  env: Readonly<Record<string, string>>,
  standInPort: number,
  serverPorts: readonly number[],
  startedWith: SystemOptions['startedWith'],
): Unit[] {
  const unit = (
    kind: Unit['kind'],
    nth: number,
    script: string,
    ready: RegExp,
    extra: Readonly<Record<string, string>> = {},
  ) => {
    const name = `${kind} ${nth}`;
    const more = kind === 'stand-in' ? undefined : startedWith?.(name);
    return makeUnit({
      kind,
      name,
      script,
      ready,
      nodeArgs: more?.nodeArgs,
      env: { ...env, ...extra, ...more?.env },
      logFile: join(folder, `${name.replace(' ', '-')}.log`),
    });
  };
  return [
    unit('stand-in', 1, 'tools/stripe-stand-in/main.ts', /listening on/, {
      STRIPE_STAND_IN_PORT: String(standInPort),
      STRIPE_STAND_IN_DATA: join(folder, 'stripe'),
      STRIPE_STAND_IN_WEBHOOK_URL: `${env['BASE_URL']}/api/stripe/webhook`,
      STRIPE_STAND_IN_WEBHOOK_SECRET: WEBHOOK_SECRET,
    }),
    ...serverPorts.flatMap((port, index) => [
      unit('server', index + 1, 'src/server.ts', /server\.listening/, { PORT: String(port) }),
      unit('seat-worker', index + 1, 'workers/seat-worker.ts', /seat-worker\.ready/),
      unit('cleanup-worker', index + 1, 'workers/cleanup-worker.ts', /cleanup-worker\.ready/),
    ]),
  ];
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function dropDatabase(stores: Stores, databaseUrl: string): Promise<void> {
  const connection = await createConnection(connectionOptions(stores.mariadb.url));
  await connection.query(`DROP DATABASE ${new URL(databaseUrl).pathname.slice(1)}`);
  await connection.end();
}
