import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../tools/stripe-stand-in/journal.ts';
import { openStore } from '../../tools/stripe-stand-in/store.ts';
import { clientOf, paidSession, seatSession, setUp, type Setup } from './support.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function ownSetup(): Promise<Setup> {
  const setup = await setUp();
  cleanups.push(() => setup.stop());
  return setup;
}
async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-stand-in-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('after a restart', () => {
  it('all is as it was: sessions open, paid and refunded, events, endpoints, time', async () => {
    const setup = await ownSetup();
    const open = await setup.stripe.checkout.sessions.create(seatSession());
    const { session, intentId } = await paidSession(setup);
    await setup.stripe.refunds.create({ payment_intent: intentId, amount: 500 });
    await setup.control('clock', { advanceSeconds: 60 });
    await setup.shop.next('charge.refunded');
    const everything = async (): Promise<unknown> => [
      await setup.stripe.checkout.sessions.retrieve(open.id),
      await setup.stripe.checkout.sessions.retrieve(session.id, {
        expand: ['line_items', 'payment_intent.latest_charge.refunds'],
      }),
      (await setup.stripe.events.list({ limit: 100 })).data.map(({ id, type }) => [id, type]),
      (await setup.stripe.webhookEndpoints.list()).data.map(({ id, url }) => [id, url]),
    ];
    const before = JSON.stringify(await everything());
    await setup.restart();
    expect(JSON.stringify(await everything())).toBe(before);
    expect(await setup.control('clock', {}, 'GET')).toMatchObject({ offsetMs: 60_000 });
    expect(await setup.control(`sessions/${open.id}/pay`)).toMatchObject({ result: 'complete' });
  });

  it('a last line torn by a crash is left out, and nothing else', async () => {
    const setup = await ownSetup();
    const { id } = await setup.stripe.checkout.sessions.create(seatSession());
    const journal = (await readdir(setup.dataDir)).find((name) => name.startsWith('journal-'));
    await appendFile(join(setup.dataDir, String(journal)), '{"changes":[["session",{"id":"cs_test_torn"');
    await setup.restart();
    await setup.restart();
    expect((await setup.stripe.checkout.sessions.list()).data.map((session) => session.id)).toEqual([id]);
  });

  it('a reset has forgotten everything but the endpoint it was started with', async () => {
    const setup = await ownSetup();
    await paidSession(setup);
    await setup.control('reset');
    await setup.restart();
    expect((await setup.stripe.events.list()).data).toEqual([]);
    expect((await setup.stripe.webhookEndpoints.list()).data).toHaveLength(1);
  });
});

const silent = (): void => undefined;

describe('the journal', () => {
  it('keeps lines in order when hundreds are written at once, also while it is compacted', async () => {
    const folder = await ownFolder();
    const journal = await openJournal(folder, silent, silent);
    const written: string[] = [];
    const writes: Promise<void>[] = [];
    const write = (n: number): void => {
      written.push(`{"n":${n}}`);
      writes.push(journal.append(`{"n":${n}}`));
    };
    for (let n = 0; n < 300; n++) write(n);
    await Promise.all(writes);
    const all = function* (): Generator<string> {
      yield* written;
    };
    const compacted = journal.compact(all());
    for (let n = 300; n < 600; n++) write(n);
    await Promise.all([compacted, ...writes]);
    await journal.close();
    const names = await readdir(folder);
    expect(names.filter((name) => name.startsWith('journal-1.'))).toEqual([]);
    const read: string[] = [];
    const again = await openJournal(folder, (line) => read.push(line), silent);
    await again.close();
    expect([...new Set(read)]).toEqual(written);
  });
});

const start = async (
  env: Record<string, string>,
): Promise<{ child: ChildProcess; line: string; exit: Promise<number> }> => {
  const child = spawn(process.execPath, ['tools/stripe-stand-in/main.ts'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanups.push(async () => child.kill('SIGKILL'));
  const exit = once(child, 'exit').then(([code]) => Number(code));
  const lines = createInterface({ input: child.stdout });
  const errors = createInterface({ input: child.stderr });
  const [line] = await Promise.race([once(lines, 'line'), once(errors, 'line')]);
  return { child, line: String(line), exit };
};

describe('the store', () => {
  it('when most of its journal describes what has changed again, starts with a snapshot instead', async () => {
    const folder = await ownFolder();
    const open = () => openStore(folder, () => 0, silent);
    const store = await open();
    const put = (n: number) =>
      store.transact(() =>
        store.put('product', {
          id: 'prod_1',
          created: n,
          name: 'x',
          description: null,
          active: true,
          metadata: {},
        }),
      );
    await Promise.all(Array.from({ length: 1_500 }, (_, n) => put(n).durable));
    await store.close();
    await (await open()).close();
    expect((await readdir(folder)).toSorted()).toEqual(['journal-3.ndjson', 'snapshot-3.ndjson']);
    const again = await open();
    expect(again.tables.product.get('prod_1')?.created).toBe(1_499);
    await again.close();
  });
});

describe('the process', () => {
  it('says where it listens, on 127.0.0.1 alone, and ends cleanly within two seconds', async () => {
    const folder = await ownFolder();
    const { child, line, exit } = await start({ STRIPE_STAND_IN_DATA: folder, STRIPE_STAND_IN_PORT: '0' });
    const port = Number(/^stripe stand-in listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1]);
    const { id } = await clientOf(port).checkout.sessions.create(seatSession());
    expect(id).toMatch(/^cs_test_/);
    const askedAt = Date.now();
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(Date.now() - askedAt).toBeLessThan(2_000);
    const next = await start({ STRIPE_STAND_IN_DATA: folder, STRIPE_STAND_IN_PORT: String(port) });
    expect((await clientOf(port).checkout.sessions.retrieve(id)).status).toBe('open');
    next.child.kill('SIGINT');
    expect(await next.exit).toBe(0);
  });

  it('killed in the middle of things still knows every session that it acknowledged', async () => {
    const folder = await ownFolder();
    const first = await start({ STRIPE_STAND_IN_DATA: folder });
    const port = Number(first.line.split(':').at(-1));
    const acknowledged: string[] = [];
    const creating = Array.from({ length: 200 }, async (_, n) => {
      const { id } = await clientOf(port).checkout.sessions.create(
        seatSession({ client_reference_id: `${n}` }),
      );
      acknowledged.push(id);
      if (acknowledged.length === 50) first.child.kill('SIGKILL');
    });
    await Promise.allSettled(creating);
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);
    const second = await start({ STRIPE_STAND_IN_DATA: folder });
    const stripe = clientOf(Number(second.line.split(':').at(-1)));
    for (const id of acknowledged) expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
  });

  it('says in one line what to do about a taken port or an unusable folder, and exits 1', async () => {
    const folder = await ownFolder();
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    cleanups.push(async () => occupant.close());
    const address = occupant.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const taken = await start({ STRIPE_STAND_IN_DATA: folder, STRIPE_STAND_IN_PORT: String(port) });
    expect(taken.line).toBe(
      `Port ${port} is taken: stop what listens there, or set STRIPE_STAND_IN_PORT to another (0 for any free one).`,
    );
    expect(await taken.exit).toBe(1);
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const unusable = await start({ STRIPE_STAND_IN_DATA: file });
    expect(unusable.line).toMatch(/^The folder .*a-file can't be used \(E\w+\): make it writable/);
    expect(await unusable.exit).toBe(1);
  });
});
