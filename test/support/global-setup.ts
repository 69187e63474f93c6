import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { TestProject } from 'vitest/node';
import { startPrivateMariadb } from '../../tools/local/private-mariadb.ts';
import type { PrivateServer } from '../../tools/local/private-server.ts';
import { findMysql } from '../../tools/local/programs.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A MySQL-compatible server as an account that may create databases; no database in the path. */
    databaseRootUrl: string;
    /** A folder of this run, removed at its end. */
    runFolder: string;
  }
}

const RUN_FOLDER_PREFIX = 'holdfast-test-';

/**
 * Starts the one database server that all tests of this run share (each test file makes a database of its own in it),
 * or takes the server that TEST_DATABASE_ROOT_URL names: so the same tests run on MariaDB and on MySQL.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeDeadRuns();
  const runFolder = await mkdtemp(join(tmpdir(), `${RUN_FOLDER_PREFIX}${process.pid}-`));
  project.provide('runFolder', runFolder);
  const given = process.env['TEST_DATABASE_ROOT_URL'];
  const started = given === undefined || given === '' ? await startDatabase(runFolder) : undefined;
  const rootUrl = started?.url ?? given ?? '';
  if (started === undefined) await makeRoom(rootUrl);
  project.provide('databaseRootUrl', rootUrl);
  let isOver = false;
  if (started !== undefined) void keepRunning(started, () => isOver);
  return async () => {
    isOver = true;
    await started?.stop();
    await rm(runFolder, { recursive: true, force: true });
  };
}

/**
 * A database server that crashes by itself (MariaDB 10.11 has been seen to) must not take all later tests with it: what
 * was committed is on disk, and it comes back at the same address.
 */
async function keepRunning(server: PrivateServer, isOver: () => boolean): Promise<void> {
  for (;;) {
    const exit = await server.exited();
    if (isOver()) return;
    process.stderr.write(`MariaDB has ended by itself (${JSON.stringify(exit)}): starting it again.\n`);
    await server.restart();
  }
}

const CONNECTIONS_MAX = 400;

/** A server as its image comes has room for 151 connections; two test files with their pools want more. */
async function makeRoom(rootUrl: string): Promise<void> {
  const connection = await createConnection({ uri: rootUrl });
  try {
    await connection.query(`SET GLOBAL max_connections = ${CONNECTIONS_MAX}`);
  } finally {
    await connection.end();
  }
}

async function startDatabase(runFolder: string) {
  const programs = findMysql();
  if (programs === undefined) {
    throw new Error(
      'No MariaDB on this machine: run `npm test`, which installs it, or set TEST_DATABASE_ROOT_URL.',
    );
  }
  return await startPrivateMariadb({
    programs,
    folder: join(runFolder, 'mariadb'),
    user: 'tests',
    password: 'tests',
    bufferPoolMb: 256,
    connectionsMax: CONNECTIONS_MAX,
    flushLogAtCommit: process.env['TEST_DATABASE_RELAXED'] === '1' ? 2 : 1,
  });
}

/** A run that was killed could not remove its folder; the folder's name tells whose it was. */
async function removeDeadRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^holdfast-test-(\d+)-/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isAlive(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
