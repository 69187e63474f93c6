import type { Server, ServerResponse } from 'node:http';
import { openSlots } from '../slots.ts';

/**
 * Watches a server so that it can be stopped in order. The returned function takes no new connections, lets what is
 * being answered end (for so long at most), and then closes all connections: Node itself would wait for those that
 * were busy a moment ago to time out, and for those that a browser opened in advance and never used.
 */
export function watchForDrain(server: Server): (withinMs: number) => Promise<void> {
  const answering = openSlots<ServerResponse>();
  let whenDrained: (() => void) | null = null;
  server.prependListener('request', (_req, res: ServerResponse) => {
    if (whenDrained !== null) res.setHeader('connection', 'close');
    const slot = answering.add(res);
    res.on('close', () => {
      answering.free(slot);
      if (answering.size === 0) whenDrained?.();
    });
  });
  return async (withinMs) => {
    const closed = new Promise((resolve) => server.close(resolve));
    const drained = new Promise<void>((resolve) => {
      whenDrained = resolve;
    });
    for (const res of answering.values()) if (!res.headersSent) res.setHeader('connection', 'close');
    const timer = setTimeout(() => whenDrained?.(), withinMs);
    if (answering.size > 0) await drained;
    clearTimeout(timer);
    server.closeAllConnections();
    await closed;
  };
}
