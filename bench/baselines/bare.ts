import express from 'express';
import { Redis } from 'ioredis';
import { keepOptimizedCode } from '../../src/platform/heap.ts';
import { sayPort } from './say-port.ts';

/**
 * BASELINE `bare`: Express with one bare `SET NX EX` per request, and nothing else: no authentication, no validation, no
 * MySQL. Its Redis client gathers commands too, so that the ratio shows our work and not a slower client.
 * `/hello` is the baseline of reading: a few words of JSON.
 */
const redis = new Redis(process.env['REDIS_URL'] ?? '', { enableAutoPipelining: true });
const app = express();
app.post('/lock/:seat', async (req, res) => {
  const reply = await redis.set(`bare:${req.params.seat}`, 'holder', 'EX', 60, 'NX');
  res.status(reply === 'OK' ? 200 : 409).json({ ok: reply === 'OK' });
});
app.get('/hello', (_req, res) => void res.json({ hello: 'world' }));
keepOptimizedCode();
sayPort(app.listen(0, '127.0.0.1'));
