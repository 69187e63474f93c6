import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openAudience } from '../../../src/live-updates/audience.ts';
import { readStream } from '../../support/event-stream.ts';

const FRAME = Buffer.from(`event: seats\ndata: ${JSON.stringify({ changes: 'x'.repeat(2_000_000) })}\n\n`);
/** More than the kernel buffers for one connection. */
const FRAMES = 10;

test('a viewer who reads nothing / frames without end / is cut off, the others get all', async () => {
  const audience = openAudience();
  const responses: ServerResponse[] = [];
  const server = createServer((_req, res) => {
    responses.push(res);
    audience.add(res, Buffer.from('retry: 1\n\n'));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    audience.close();
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const stuck = connect(port, '127.0.0.1');
  onTestFinished(() => void stuck.destroy());
  stuck.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  stuck.pause();
  await once(server, 'request');
  const reader = await readStream(`http://127.0.0.1:${port}/`);
  for (let sent = 1; sent <= FRAMES; sent += 1) {
    await audience.send(FRAME);
    await reader.event(() => reader.events.length === sent);
  }
  expect(responses.map((response) => response.destroyed)).toEqual([true, false]);
});
