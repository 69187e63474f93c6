import { expect, test } from 'vitest';
import { waitForRest } from '../../src/reconciliation/audit.ts';
import type { Client } from '../support/client.ts';
import { useHoldfast } from '../support/harness.ts';
import { ACTORS, type Actor, type Row, TABLE } from './authorisation-rules.ts';
import { type ApiOperation, pathOf, readApi } from './operations.ts';
import { type Scene, type Subject, fingerprint, openScene } from './scene.ts';

const REST_WITHIN_MS = 10_000;
const TABLE_WITHIN_MS = 120_000;
const holdfast = useHoldfast();

test(
  'authorisation / every operation for nobody, guests, buyers, organisers, administrators / as the table says, and a refusal changes nothing',
  async () => {
    const { operations } = await readApi(holdfast.current);
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys(TABLE).toSorted(),
    );
    const scene = await openScene(holdfast.current);
    const wrong: string[] = [];
    for (const operation of operations) {
      const row = TABLE[operation.operationId];
      if (row !== undefined) wrong.push(...(await tryAll(scene, operation, row)));
    }
    expect(wrong).toEqual([]);
  },
  TABLE_WITHIN_MS,
);

/** Those who are refused come first and share a subject, which must be as it was after each; the others get their own. */
async function tryAll(scene: Scene, operation: ApiOperation, row: Row): Promise<string[]> {
  const wrong: string[] = [];
  const isRefused = (actor: Actor) => row.rule[actor].every((status) => status >= 400);
  const shared = ACTORS.some(isRefused) ? await scene.make(row.about) : null;
  // What the last operation set off (refunds, say) changes things too.
  if (shared !== null) await waitForRest(holdfast.current.server.resources, REST_WITHIN_MS);
  for (const actor of ACTORS.toSorted((a, b) => Number(isRefused(b)) - Number(isRefused(a)))) {
    const subject = isRefused(actor) && shared !== null ? shared : await scene.make(row.about);
    const before = isRefused(actor) ? await fingerprint(holdfast.current) : null;
    const status = await call(scene.as(actor, subject), operation, row, subject);
    const said = `${operation.operationId} by ${actor}: ${status}`;
    if (!row.rule[actor].includes(status)) wrong.push(`${said}, not ${row.rule[actor].join(' or ')}`);
    if (before !== null && (await fingerprint(holdfast.current)) !== before)
      wrong.push(`${said}, and changed something`);
  }
  return wrong;
}

async function call(
  caller: Client,
  operation: ApiOperation,
  row: Row,
  { params, body }: Subject,
): Promise<number> {
  const path = pathOf(operation, params) + (row.query ?? '');
  if (operation.operationId === 'streamSeatChanges') return statusOfStream(caller, path);
  const needsBody = operation.body !== null || row.body !== undefined;
  const { status } = await caller.request(
    operation.method,
    path,
    needsBody ? (row.body ?? body ?? {}) : undefined,
  );
  return status;
}

async function statusOfStream(caller: Client, path: string): Promise<number> {
  const stop = new AbortController();
  const response = await fetch(new URL(path, holdfast.current.url), {
    signal: stop.signal,
    ...(caller.token === null ? {} : { headers: { authorization: `Bearer ${caller.token}` } }),
  });
  stop.abort();
  return response.status;
}
