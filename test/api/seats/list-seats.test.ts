import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { client } from '../../support/client.ts';
import { createTestEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { useHoldfast } from '../../support/harness.ts';
import { plantHolds } from '../../workers/inventory.ts';

const holdfast = useHoldfast({ seatWorker: false });

it('listSeats / a reading took long / whoever asks after it is shown what was true at most 200 ms before', async () => {
  const { db } = holdfast.current.server.resources;
  const { eventId } = await createTestEvent(holdfast.current);
  const ask = () => client(holdfast.current).request('GET', `/api/events/${eventId}/seats`);
  const slow = await db.connection().execute(async (connection) => {
    // The seats are read at once, what is known of their places only after this.
    await sql`LOCK TABLES event_sections WRITE`.execute(connection);
    const asked = ask();
    await eventually(async () => {
      const { rows } = await sql<{ waiting: number }>`
        SELECT COUNT(*) AS waiting FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock%'
      `.execute(connection);
      expect(Number(rows[0]?.waiting)).toBeGreaterThan(0);
    });
    const seatsReadMs = performance.now();
    await plantHolds(db, eventId, [[1]], { expiresInMs: 60_000 });
    await eventually(() => expect(performance.now() - seatsReadMs).toBeGreaterThan(250));
    await sql`UNLOCK TABLES`.execute(connection);
    return asked;
  });
  expect(slow.body.seats.slice(0, 2)).toBe('aa');
  expect((await ask()).body.seats.slice(0, 2)).toBe('la');
});

it('listSeats / what the client has is named in any way that HTTP knows / 304 if it is the same, a copy if not', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const path = `/api/events/${eventId}/seats`;
  const ask = (known: string, method = 'GET') =>
    client(holdfast.current).request(method, path, undefined, { 'if-none-match': known });
  const first = await client(holdfast.current).request('GET', path);
  const etag = first.headers.get('etag') ?? '';
  const strong = etag.slice('W/'.length);
  for (const known of [etag, strong, '*', `"other", ${etag}`, `W/"other",${strong} `, 'bad, *']) {
    const { status, headers } = await ask(known);
    expect([known, status, headers.get('etag')]).toEqual([known, 304, etag]);
    // What RFC 9110, section 15.4.5, asks for; the rest came with the copy.
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([
      'no-cache',
      'Origin, accept-encoding',
    ]);
  }
  expect((await ask(etag, 'HEAD')).status).toBe(304);
  for (const known of ['"other"', 'W/"other", "another"', strong.slice(1), etag.toLowerCase().slice(0, -2)]) {
    const { status, body } = await ask(known);
    expect([known, status, body]).toEqual([known, 200, first.body]);
  }
});
