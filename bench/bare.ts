import express from 'express';
import { Redis } from 'ioredis';

/** BASELINE: Express with one bare `SET NX EX` per request, and nothing else: no authentication, no validation, no MySQL. */
const redis = new Redis(process.env['REDIS_URL'] ?? '');
const app = express();
let seat = 0;
app.post('/lock', async (_req, res) => {
  seat += 1;
  const reply = await redis.set(`bare:${seat}`, 'holder', 'EX', 60, 'NX');
  res.status(reply === 'OK' ? 200 : 409).json({ ok: reply === 'OK' });
});
app.get('/hello', (_req, res) => void res.json({ hello: 'world' }));
const server = app.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening on ${typeof address === 'object' ? address?.port : address}\n`);
});
