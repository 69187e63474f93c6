import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { watchForDrain } from '../../../src/platform/http/drain.ts';

async function serve(onRequest: (res: ServerResponse) => void) {
  const server = createServer((_req, res) => onRequest(res));
  const drain = watchForDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  const address = server.address();
  return { server, drain, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

test('drain / a request is being answered, an unused connection is open / the answer ends, then all are closed', async () => {
  const waiting: ServerResponse[] = [];
  const { server, drain, port } = await serve((res) => void waiting.push(res));
  const unused = connect(port, '127.0.0.1');
  await once(unused, 'connect');
  const asked = fetch(`http://127.0.0.1:${port}/`);
  await once(server, 'request');
  const drained = drain(10_000);
  const unusedClosed = once(unused, 'close');
  waiting[0]?.end('done');
  const answer = await asked;
  expect(await answer.text()).toBe('done');
  expect(answer.headers.get('connection')).toBe('close');
  await drained;
  await unusedClosed;
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
});

test('drain / an answer never ends / its connection is closed when the time is over', async () => {
  const { server, drain, port } = await serve((res) => void res.write('never'));
  const answer = fetch(`http://127.0.0.1:${port}/`).then(async (response) => await response.text());
  await once(server, 'request');
  const failure = answer.then(
    () => 'answered',
    (error: unknown) => String(error),
  );
  await drain(50);
  expect(await failure).toContain('terminated');
});
