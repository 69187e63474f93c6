import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { createDatabase, startMariadb, startRedis } from './servers.ts';

test('createDatabase / twice / two empty databases that are gone after drop', async () => {
  const [first, second] = await Promise.all([createDatabase(), createDatabase()]);
  const connection = await createConnection({ uri: first.url });
  await connection.query('CREATE TABLE only_here (id INT PRIMARY KEY)');
  await connection.query(`USE ${second.name}`);
  const [tables] = await connection.query('SHOW TABLES');
  expect(tables).toEqual([]);
  await connection.end();
  await first.drop();
  await second.drop();
  await expect(createConnection({ uri: first.url })).rejects.toThrow(/Unknown database/);
});

test('startRedis / killed and restarted with appendonly / same port, data kept, nothing evicted', async () => {
  const server = await startRedis({ appendonly: true });
  const redis = new Redis(server.url);
  redis.on('error', () => {}); // The server is killed below: a broken connection is what we ask for.
  await redis.config('SET', 'appendfsync', 'always');
  expect(await redis.config('GET', 'maxmemory-policy')).toContain('noeviction');
  await redis.set('kept', 'yes');
  const pidBefore = server.pid();
  await server.kill();
  await server.restart();
  expect(server.pid()).not.toBe(pidBefore);
  expect(await redis.get('kept')).toBe('yes');
  redis.disconnect();
  await server.stop();
  await server.stop();
});

test('startMariadb / killed and restarted / same url, what was committed is there', async () => {
  const server = await startMariadb();
  const before = await createConnection({ uri: server.url });
  await before.query('CREATE TABLE kept (id INT PRIMARY KEY)');
  await before.query('INSERT INTO kept VALUES (7)');
  before.destroy();
  await server.kill();
  await server.restart();
  const after = await createConnection({ uri: server.url });
  const [rows] = await after.query('SELECT id FROM kept');
  expect(rows).toEqual([{ id: 7 }]);
  await after.end();
  await server.stop();
});
