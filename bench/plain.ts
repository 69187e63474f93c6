import express from 'express';
import { createPool } from 'mysql2/promise';

/** BASELINE: no Redis; one transaction per request on `UPDATE ... WHERE status = 'available'`, in Express and mysql2. */
const pool = createPool({ uri: process.env['DATABASE_URL'] ?? '', connectionLimit: 20 });
const app = express();
app.use(express.json());
app.post('/hold', async (req, res) => {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [result] = await connection.query(
      "UPDATE plain_seats SET status = 'locked', holder = 1, expires_at = NOW(3) + INTERVAL 60 SECOND WHERE seat_id = ? AND status = 'available'",
      [req.body.seatId],
    );
    await connection.commit();
    const isHeld = 'affectedRows' in result && result.affectedRows === 1;
    res.status(isHeld ? 201 : 409).json({ isHeld });
  } finally {
    connection.release();
  }
});
const server = app.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening on ${typeof address === 'object' ? address?.port : address}\n`);
});
