import { createServer } from 'node:net';
import { codeOf } from './failure.ts';

/**
 * A TCP port of 127.0.0.1 that nothing listened on a moment ago. Another process may take it before the caller
 * does, so whoever starts a server on it tries again with another when binding fails.
 */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Why `port` can't be listened on at `host`: the system's code (`EADDRINUSE`, `EACCES`), or undefined when it can.
 * A host that this machine doesn't have (::1 where IPv6 is off) can't be in anyone's way.
 */
export async function whyTaken(port: number, host: string): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const code = codeOf(error);
      resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' ? undefined : code);
    });
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
