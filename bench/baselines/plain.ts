import express from 'express';
import { createPool } from 'mysql2/promise';
import { keepOptimizedCode } from '../../src/platform/heap.ts';
import { sayPort } from './say-port.ts';

/**
 * BASELINE `plain`: no Redis; one transaction per request on `UPDATE ... WHERE status = 'available'`, in Express and
 * mysql2. At its best: a single prepared statement that commits by itself (one round trip, not three), and connections
 * enough for the server to sync many commits at once. Durable as Holdfast's store is: it is the same server.
 */
const CONNECTIONS = 50;

const pool = createPool({ uri: process.env['DATABASE_URL'] ?? '', connectionLimit: CONNECTIONS });
const app = express();
app.use(express.json());
app.post('/hold', async (req, res) => {
  const seatId = Number(req.body.seatId);
  const [result] = await pool.execute(
    "UPDATE plain_seats SET status = 'locked', holder = ?, expires_at = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND WHERE seat_id = ? AND status = 'available'",
    [seatId, seatId],
  );
  const isHeld = 'affectedRows' in result && result.affectedRows === 1;
  res.status(isHeld ? 201 : 409).json({ isHeld, seatId });
});
keepOptimizedCode();
sayPort(app.listen(0, '127.0.0.1'));
