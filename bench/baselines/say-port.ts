import type { Server } from 'node:http';

/** Tells whoever started the process where it listens. */
export function sayPort(server: Server): void {
  server.once('listening', () => {
    const address = server.address();
    process.stdout.write(`{"port":${typeof address === 'object' ? address?.port : 0}}\n`);
  });
  process.once('SIGTERM', () => process.exit(0));
}
