import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { openLeader } from '../../src/platform/lock.ts';
import { openLog } from '../../src/platform/log.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { startRedis } from '../support/servers.ts';

const TTL_MS = 600;
const unhandled: unknown[] = [];
const keep = (reason: unknown) => void unhandled.push(reason);

afterEach(() => process.off('unhandledRejection', keep));

it('runAlone / Redis goes away while it works / the work is told so, and the process lives on', async () => {
  process.on('unhandledRejection', keep);
  const server = await startRedis();
  const redis = openRedis(server.url, 'commands', openLog({ logLevel: 'silent' }, 'test'));
  let wasTold = false;
  await openLeader(redis)
    .runAlone('a-test', TTL_MS, async (signal) => {
      await server.kill();
      if (!signal.aborted) await once(signal, 'abort');
      wasTold = true;
    })
    // Nor can the lock be given back; it runs out by itself.
    .catch(() => {});
  expect(wasTold).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
  redis.disconnect();
  await server.stop();
});
