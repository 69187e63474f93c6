import { type Socket, connect } from 'node:net';
import { onTestFinished } from 'vitest';
import type { RunningServer } from '../../src/server.ts';

const HALF_A_BODY = 'Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"cookie":';

/** A caller who has sent half of its body, and keeps its place while the server waits for the rest. */
export function halfACall(server: RunningServer, answered: (bytes: Buffer) => void = () => {}): Socket {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.on('data', answered);
  onTestFinished(() => void socket.destroy());
  socket.write(`POST /api/auth/guest HTTP/1.1\r\nHost: here\r\n${HALF_A_BODY}`);
  return socket;
}
