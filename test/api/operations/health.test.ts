import { expect, test } from 'vitest';
import { client } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });

test('healthz, readyz / all is up / 200, each dependency by name, the stand-in told', async () => {
  const caller = client(holdfast.current);
  expect(await caller.request('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await caller.request('GET', '/readyz')).toMatchObject({
    status: 200,
    body: {
      status: 'ready',
      dependencies: { mysql: { status: 'ok' }, redis: { status: 'ok' } },
      payments: 'stand-in',
    },
  });
});

test('readyz / Redis hangs, then is gone, then back / 503 in time and naming it, then 200; alive all the while', async () => {
  const caller = client(holdfast.current);
  const { redis } = holdfast.current;
  process.kill(redis.pid(), 'SIGSTOP');
  const startedMs = performance.now();
  const hanging = await caller.request('GET', '/readyz');
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  expect(hanging).toMatchObject({
    status: 503,
    body: { status: 'not ready', dependencies: { mysql: { status: 'ok' }, redis: { status: 'down' } } },
  });
  process.kill(redis.pid(), 'SIGCONT');
  await redis.kill();
  expect((await caller.request('GET', '/readyz')).status).toBe(503);
  expect((await caller.request('GET', '/healthz')).status).toBe(200);
  await redis.restart();
  await eventually(async () => expect((await caller.request('GET', '/readyz')).status).toBe(200));
});
